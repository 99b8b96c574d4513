import type { CapillaryError } from '../capillary/capillary-error.ts';
import type { UploadJob } from '../jobs/upload-job.ts';
import type { UpstreamRejectedError } from './upload-result.ts';

/** A `REJECTED` of upstream as its person is told it, with the jobs that a split file had made before. */
export function upstreamRejected(
  { message, httpStatus = 400, upstreamCode, requestId }: CapillaryError,
  idempotencyKey: string,
  jobs: readonly UploadJob[],
): UpstreamRejectedError {
  const told = { message, httpStatus, upstreamCode, requestId, idempotencyKey, jobs };
  return { __typename: 'UpstreamRejectedError', ...told };
}
