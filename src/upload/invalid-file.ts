import type { UploadJob } from '../jobs/upload-job.ts';
import type { FileRefusedError } from './file-refused-error.ts';
import type { InvalidFileError } from './upload-result.ts';

/** The refusal as its person is told it, with the key to go on with and the jobs that a split file had made before. */
export function invalidFile(
  error: FileRefusedError,
  idempotencyKey: string,
  jobs: readonly UploadJob[] = [],
): InvalidFileError {
  const { message, problems, problemCount } = error;
  return { __typename: 'InvalidFileError', message, problems, problemCount, idempotencyKey, jobs };
}
