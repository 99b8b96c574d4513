import { cleanFileName } from '../jobs/keyed-file-name.ts';
import type { FileUpload, UploadDeps } from './file-upload.ts';
import type { InspectionReport } from './inspection/inspection-messages.ts';
import { createPassingFile, type PassingFile } from './passing/passing-file.ts';
import { FileRefusedError } from './result/file-refused-error.ts';
import type { FileReport } from './result/upload-result.ts';

/** The file of an upload on its way. Whoever opened it closes `passing`. */
export interface OpenedFile {
  readonly name: string;
  readonly passing: PassingFile;
  /** The report. To be called once the whole file has passed. */
  report(): FileReport;
}

/**
 * Waits for the file of an upload, and has it inspected as its form and options say. Rejects as
 * `IncomingFile.open` does.
 */
export async function openFile(deps: UploadDeps, upload: FileUpload): Promise<OpenedFile> {
  const { inspector, maxFileBytes, idleTimeoutMs } = deps;
  const { form, options, signal } = upload;
  const file = await upload.file.open(signal);
  const name = cleanFileName(file.name);
  const passing = createPassingFile({
    file,
    inspector,
    plan: {
      input: form,
      rowsPerPart: options.dryRun ? undefined : options.maxRowsPerJob,
      maxFileBytes,
      wantsSha256: upload.wantsSha256 ?? false,
    },
    judge: (report) => (options.rejectRowProblems ? refuseRows(report) : undefined),
    idleTimeoutMs,
  });
  upload.record?.onFile(name, passing.bytes);
  return {
    name,
    passing,
    report() {
      const report = passing.report();
      if (!report) throw new Error('The file has not passed yet.');
      return { name, ...report };
    },
  };
}

function refuseRows({ problems, problemCount }: InspectionReport): FileRefusedError | undefined {
  if (problemCount === 0) return undefined;
  const what = problemCount === 1 ? 'one problem' : `${problemCount} problems`;
  const message = `The file has ${what} in its rows, and rowProblems is REJECT: nothing was uploaded now.`;
  return new FileRefusedError(message, problems, problemCount);
}
