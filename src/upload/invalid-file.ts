import type { UploadJob } from '../jobs/upload-job.ts';
import type { FileRefusedError } from './file-refused-error.ts';
import type { InvalidFileError } from './upload-result.ts';

/** The refusal as its person is told it, with the jobs that a split file had made before and the key to go on with. */
export function invalidFile(
  error: FileRefusedError,
  jobs: readonly UploadJob[] = [],
  idempotencyKey?: string,
): InvalidFileError {
  const { message, problems, problemCount } = error;
  return {
    __typename: 'InvalidFileError',
    message,
    problems,
    problemCount,
    jobs,
    idempotencyKey: jobs.length > 0 ? idempotencyKey : undefined,
  };
}
