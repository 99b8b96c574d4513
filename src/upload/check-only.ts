import type { FileUpload, UploadDeps } from './file-upload.ts';
import { openFile } from './open-file.ts';
import { readToEnd } from './passing/read-to-end.ts';
import { FileRefusedError } from './result/file-refused-error.ts';
import { invalidFile, type UploadResult } from './result/upload-result.ts';

/** `dryRun`: reads the file as an upload would, and sends nothing. Upstream is not asked either. */
export async function checkOnly(
  deps: UploadDeps,
  upload: FileUpload,
  idempotencyKey: string,
): Promise<UploadResult> {
  const { passing, report } = await openFile(deps, upload);
  try {
    await readToEnd(passing.nextPart(), upload.signal);
    return { __typename: 'UploadChecked', file: report() };
  } catch (error) {
    if (error instanceof FileRefusedError) return invalidFile(error, { idempotencyKey, jobs: [] });
    throw error;
  } finally {
    passing.close();
  }
}
