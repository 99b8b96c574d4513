import { asId, asNumber, asText, type JsonRecord } from './lenient-json.ts';
import type { UploadKind, UpstreamJob } from './upstream-job.ts';

/** Fields beside the job list that belong to each of its jobs. */
export interface JobListOwner {
  readonly orgId: string;
  readonly couponSeriesId: string;
}

/** The fields of an entry. None can be relied on to be there, or to have its documented type. */
type WireField = keyof UpstreamJob | 'uploadRedeemedCouponStatus' | 'createdOn' | 'updatedOn';
type WireJob = Readonly<Partial<Record<WireField, unknown>>>;

/**
 * One entry of a job list (upstream contract, section 1). `undefined` without a usable `jobId`; every other field may
 * be missing or of another type: texts become `''` or `null`, counts 0, and a missing time the entry's other time or,
 * without one, the epoch.
 */
export function readJob(kind: UploadKind, entry: JsonRecord, owner: JobListOwner): UpstreamJob | undefined {
  const wire: WireJob = entry;
  const jobId = asId(wire.jobId);
  if (jobId === undefined) return undefined;
  const createdOnMs = timeMs(wire.createdOn);
  const updatedOnMs = timeMs(wire.updatedOn);
  const isBatch = kind === 'COUPON_BATCH';
  return {
    kind,
    ...owner,
    jobId,
    uploadStatus: asText(isBatch ? wire.uploadStatus : wire.uploadRedeemedCouponStatus) ?? '',
    createdOnMs: createdOnMs ?? updatedOnMs ?? 0,
    updatedOnMs: updatedOnMs ?? createdOnMs ?? 0,
    uploadedFileName: asText(wire.uploadedFileName) ?? '',
    uploadedFileUrl: asText(wire.uploadedFileUrl) ?? null,
    errorFileUrl: asText(wire.errorFileUrl) ?? null,
    successFileUrl: asText(wire.successFileUrl) ?? null,
    totalUploadedCount: count(wire.totalUploadedCount),
    actualRowCount: count(wire.actualRowCount),
    errorCount: count(wire.errorCount),
    uploadTableName: asText(wire.uploadTableName) ?? null,
    audienceGroupId: isBatch ? (asText(wire.audienceGroupId) ?? null) : null,
    audienceGroupVersionId: isBatch ? (asText(wire.audienceGroupVersionId) ?? null) : null,
  };
}

/** Upstream counts in 32 bits, and so does a GraphQL Int. */
function count(value: unknown): number {
  const number = asNumber(value) ?? 0;
  return number > 0 ? Math.min(Math.trunc(number), 2 ** 31 - 1) : 0;
}

function timeMs(value: unknown): number | undefined {
  const ms = asNumber(value) ?? (typeof value === 'string' ? Date.parse(value) : Number.NaN);
  // Beyond this no Date exists, and toISOString would throw far from here.
  return Math.abs(ms) <= 8.64e15 ? Math.trunc(ms) : undefined;
}
