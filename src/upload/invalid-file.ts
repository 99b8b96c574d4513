import type { UploadJob } from '../jobs/upload-job.ts';
import type { FileRefusedError } from './file-refused-error.ts';
import type { InvalidFileError } from './upload-result.ts';

/**
 * The result for a refused file, with the key to go on with and the jobs that earlier parts of a split file
 * have made.
 */
export function invalidFile(
  error: FileRefusedError,
  idempotencyKey: string,
  jobs: readonly UploadJob[] = [],
): InvalidFileError {
  const { message, problems, problemCount } = error;
  return { __typename: 'InvalidFileError', message, problems, problemCount, idempotencyKey, jobs };
}
