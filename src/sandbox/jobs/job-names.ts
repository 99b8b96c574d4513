import type { JobKind, SandboxJob } from './job.ts';

/** `<base name>_<epoch ms at receipt>_<series>.csv` (upstream contract, "Reading the fields"). */
export function storedName(fileName: string, receivedMs: number, couponSeriesId: string): string {
  const base = fileName.replace(/\.[^.]*$/, '');
  return `${base}_${receivedMs}_${couponSeriesId}.csv`;
}

/** `temp_<orgId>_<yyyyMMdd>_<HHmmssSSS>`, in UTC. */
export function uploadTableName(job: Pick<SandboxJob, 'kind' | 'orgId'>, atMs: number): string {
  const [date, time] = new Date(atMs).toISOString().slice(0, -1).split('T');
  return `temp_${infix(job.kind)}${job.orgId}_${date?.replaceAll('-', '')}_${time?.replace(/[:.]/g, '')}`;
}

/** `error_<orgId>_<series><yyyy_MM_dd_HH_mm_ss>`: nothing stands between series and year. */
export function errorFileUrl(
  job: Pick<SandboxJob, 'kind' | 'orgId' | 'couponSeriesId'>,
  atMs: number,
): string {
  const instant = new Date(atMs).toISOString().slice(0, 19).replace(/[-T:]/g, '_');
  return `error_${infix(job.kind)}${job.orgId}_${job.couponSeriesId}${instant}`;
}

function infix(kind: JobKind): string {
  return kind === 'COUPON_BATCH' ? '' : 'redemption_upload_';
}
