import type { CapillaryError } from '../capillary/capillary-error.ts';
import type { UploadJob } from '../jobs/upload-job.ts';
import type { UpstreamRejectedError } from './upload-result.ts';

/** The result for a `REJECTED` of upstream, with the jobs that earlier parts of a split file have made. */
export function upstreamRejected(
  { message, httpStatus = 400, upstreamCode, requestId }: CapillaryError,
  idempotencyKey: string,
  jobs: readonly UploadJob[],
): UpstreamRejectedError {
  const told = { message, httpStatus, upstreamCode, requestId, idempotencyKey, jobs };
  return { __typename: 'UpstreamRejectedError', ...told };
}
