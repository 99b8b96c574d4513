import { GatewayError, maskedMessage } from '../../errors.ts';
import { publicCode, publicExtensions } from '../../public-code.ts';
import type { SoFar } from './upload-result.ts';

/**
 * An error that ends the upload of a split file, with what its caller must know to go on: the jobs that were
 * made, and the key to repeat with. Without jobs it is the error as it was, and so is an abort.
 */
export function withJobs(error: unknown, { idempotencyKey, jobs }: SoFar): unknown {
  const code = publicCode(error);
  if (jobs.length === 0 || code === undefined) return error;
  const extensions = { ...publicExtensions(error), idempotencyKey, jobs: jobs.map(({ id }) => id) };
  // A bug is masked all the same; its cause goes to the log.
  const message = code === 'INTERNAL_SERVER_ERROR' ? maskedMessage : (error as Error).message;
  return new GatewayError(code, message, { extensions, cause: error });
}
