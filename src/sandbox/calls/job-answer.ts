import { type Answer, jsonAnswer } from '../http/answer.ts';
import { type JobKind, jobSteps, type SandboxJob } from '../jobs/job.ts';

const SECOND = 1000;
const DAY = 86_400_000;

/** The 200 of a POST: the new job alone, with `fileName` and exact times. */
export function uploadAnswer(job: SandboxJob): Answer {
  return listAnswer(job.kind, job.orgId, job.couponSeriesId, [entry(job, 1)], { fileName: job.storedName });
}

/** The 200 of a GET. Times are whole seconds for coupons, and the day (UTC) for redeemed coupons. */
export function statusAnswer(
  kind: JobKind,
  orgId: number,
  couponSeriesId: string,
  jobs: readonly SandboxJob[],
): Answer {
  const precision = kind === 'COUPON_BATCH' ? SECOND : DAY;
  const entries = jobs.map((job) => entry(job, precision));
  return listAnswer(kind, orgId, couponSeriesId, entries, {});
}

function listAnswer(
  kind: JobKind,
  orgId: number,
  couponSeriesId: string,
  entries: readonly object[],
  rest: object,
): Answer {
  const name = kind === 'COUPON_BATCH' ? 'uploadJobStatuses' : 'redeemUploadJobStatuses';
  const result = { orgId, couponSeriesId, [name]: entries, ...rest };
  const answer = jsonAnswer(200, { success: true, status: 200, result });
  // A series id is a long integer: past 2^53 only its digits are exact.
  return { ...answer, body: answer.body.replace(/"couponSeriesId":"(\d+)"/, '"couponSeriesId":$1') };
}

/** Fields in the order of the documented samples. Counts are 0 until the job has counted. */
function entry(job: SandboxJob, precision: number): object {
  const steps = jobSteps[job.kind];
  const reached = steps.indexOf(job.status);
  const counted = job.uploadTableName !== null;
  const over = reached === steps.length - 1;
  const coupons = job.kind === 'COUPON_BATCH';
  return {
    jobId: job.jobId,
    [coupons ? 'uploadStatus' : 'uploadRedeemedCouponStatus']: job.status,
    createdOn: time(job.createdMs, precision),
    updatedOn: time(job.updatedMs, precision),
    errorFileUrl: job.errorFileUrl,
    successFileUrl: null,
    uploadedFileUrl: job.storedName,
    totalUploadedCount: counted ? job.rows : 0,
    actualRowCount: counted ? job.rows : 0,
    errorCount: over || job.errorFileUrl !== null ? job.errors : 0,
    uploadTableName: job.uploadTableName,
    uploadedFileName: coupons ? job.originalName : job.storedName,
    ...(coupons ? { audienceGroupId: 0, audienceGroupVersionId: 0 } : {}),
  };
}

function time(ms: number, precision: number): string {
  return String(ms - (ms % precision));
}
