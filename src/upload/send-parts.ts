import type { ByteSource } from '../capillary/byte-source.ts';
import { type FilePart, keyedFileName } from '../jobs/keyed-file-name.ts';
import type { UploadJob } from '../jobs/upload-job.ts';
import type { FileUpload, UploadDeps } from './file-upload.ts';
import { openFile } from './open-file.ts';
import { guardEnd } from './passing/guard-end.ts';
import { readToEnd } from './passing/read-to-end.ts';
import { earlierParts } from './repeats/earlier-parts.ts';
import { type KeySearch, listUploaded, type UploadedPart } from './repeats/find-uploaded.ts';
import { type IsUnbroken, KeyBusyError } from './repeats/key-lock.ts';
import { FileRefusedError } from './result/file-refused-error.ts';
import { invalidFile, outcomeUnknown, type SoFar, type UploadResult } from './result/upload-result.ts';
import { withJobs } from './result/with-jobs.ts';
import { mayHaveJob, settleUpload } from './settle-upload.ts';

// The mark in a file name has room for more, but nobody has a use for so many jobs of one file.
const maxParts = 9_999;

/** What is known of a file before it is sent, and who hears of its parts. */
export interface PartsRequest {
  /** The caller's key, or the one that was made in its place. */
  readonly idempotencyKey: string;
  /** How upstream's list is searched for that key. */
  readonly search: KeySearch;
  /** What upstream has under the key already. */
  readonly uploaded: readonly UploadedPart[];
  readonly isUnbroken: IsUnbroken;
  /**
   * Told how many parts upstream has or may have: before each part including that one, and afterwards without it if it
   * made no job.
   */
  readonly onParts: (count: number) => void;
}

/**
 * Sends the parts of a file one after the other; those that upstream has already are read and skipped. Upstream knows
 * each part by the key and its number, so that a repeat goes on where the last try stopped.
 */
export async function sendParts(
  deps: UploadDeps,
  upload: FileUpload,
  { idempotencyKey, search, uploaded, isUnbroken, onParts }: PartsRequest,
): Promise<UploadResult> {
  const { client, lookPausesMs } = deps;
  const { form, options, credential, signal, record } = upload;
  const { maxRowsPerJob } = options;
  const { key, span } = search;
  const { name, passing, report } = await openFile(deps, upload);
  const jobs: UploadJob[] = [];
  const soFar: SoFar = { idempotencyKey, jobs };
  let replayed = true;
  try {
    return await sendEach();
  } finally {
    passing.close();
  }

  async function sendEach(): Promise<UploadResult> {
    const earlier = earlierParts(uploaded, { name, maxRowsPerJob });
    if ('refusal' in earlier) return earlier.refusal;
    for (let number = 1; passing.report() === undefined; number += 1) {
      if (number > maxParts) return invalidFile(tooManyParts(), soFar);
      if (earlier.isHidden(number)) return outcomeUnknown(hidden(number), soFar);
      const source = passing.nextPart();
      const found = earlier.take(number);
      if (found) {
        const refusal = await skip(source);
        if (refusal) return refusal;
        const otherFile = earlier.compare(found, number, passing.report()?.rows);
        if (otherFile) return otherFile;
        keep(found);
        continue;
      }
      replayed = false;
      const part = maxRowsPerJob === undefined ? undefined : { number, maxRows: maxRowsPerJob };
      const fileName = keyedFileName({ name, key, part });
      record?.onPart();
      onParts(number);
      const file = guardEnd(source, () => expectAlone(part));
      const outcome = await client.sendUpload({ form, fileName, file, credential, signal, span });
      if (!outcome.ok && !mayHaveJob(outcome)) onParts(number - 1);
      const settled = await settleUpload({ client, outcome, search, part, lookPausesMs, soFar });
      if ('result' in settled) return settled.result;
      keep(settled.job);
    }
    return earlier.compareCount() ?? { __typename: 'UploadAccepted', jobs, file: report(), replayed };
  }

  /** Where another try may have come between, it may have made this very part. */
  async function expectAlone(part: FilePart | undefined): Promise<void> {
    if (await isUnbroken()) return;
    const listed = await listUploaded(client, search);
    if (listed.some((other) => other.part?.number === part?.number)) throw new KeyBusyError();
  }

  function keep(job: UploadJob): void {
    jobs.push(job);
    record?.onJob(job.id);
  }

  async function skip(file: ByteSource): Promise<UploadResult | undefined> {
    try {
      await readToEnd(file, signal);
      return undefined;
    } catch (error) {
      if (error instanceof FileRefusedError) return invalidFile(error, soFar);
      throw withJobs(error, soFar);
    }
  }
}

/** Parts go up in turn: to send this one now would be to send it twice. */
function hidden(part: number): string {
  return `Capillary's list shows later jobs of this file, but not job ${part}, which was made before them. Wait a moment, then repeat with the key.`;
}

/** The number of rows is known only at the end of the file: by then the first jobs are made. */
function tooManyParts(): FileRefusedError {
  const message = `The file makes more than ${maxParts} jobs. Those of the rows before are made: upload the rest with a larger maxRowsPerJob.`;
  return new FileRefusedError(message, [{ code: 'TOO_LARGE', message }]);
}
