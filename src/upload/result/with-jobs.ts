import { CapillaryError } from '../../capillary/capillary-error.ts';
import { capillaryExtensions, GatewayError, isAbort, maskedMessage } from '../../errors.ts';
import type { UploadJob } from '../../jobs/upload-job.ts';

/**
 * An error that ends the upload of a split file, with what its caller must know to go on: the jobs that were
 * made, and the key to repeat with. Without jobs it is the error as it was.
 */
export function withJobs(error: unknown, idempotencyKey: string, jobs: readonly UploadJob[]): unknown {
  if (jobs.length === 0) return error;
  const extensions = { idempotencyKey, jobs: jobs.map(({ id }) => id) };
  if (error instanceof GatewayError) {
    const { code, message } = error;
    return new GatewayError(code, message, {
      extensions: { ...error.extensions, ...extensions },
      cause: error,
    });
  }
  if (error instanceof CapillaryError && error.code !== 'REJECTED') {
    const { code, message } = error;
    return new GatewayError(code, message, {
      extensions: { ...capillaryExtensions(error), ...extensions },
      cause: error,
    });
  }
  if (isAbort(error)) return error;
  // A bug is masked all the same; its cause goes to the log.
  return new GatewayError('INTERNAL_SERVER_ERROR', maskedMessage, { extensions, cause: error });
}
