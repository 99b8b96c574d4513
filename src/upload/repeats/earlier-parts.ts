import type { UpstreamJob } from '../../capillary/upstream-job.ts';
import { keyedFileName, readKeyedFileName } from '../../jobs/keyed-file-name.ts';
import { toUploadJob, type UploadJob } from '../../jobs/upload-job.ts';
import { type InvalidInputError, refuseInput } from '../result/upload-result.ts';
import type { UploadedPart } from './find-uploaded.ts';

/** The jobs that earlier tries made of the parts of one file. */
export interface EarlierParts {
  /** Takes the job that an earlier try made of this part. Each job only once. */
  take(part: number): UploadJob | undefined;
  /**
   * Whether upstream has a later part than this one, which it lacks: it must have had it, and its list is incomplete. To
   * be called once the parts before it were taken.
   */
  isHidden(part: number): boolean;
  /**
   * Compares what upstream counted in a part with what has passed now. `undefined` when they agree, or while
   * upstream may still be counting. `rows` are those of the whole file, once its end is known.
   */
  compare(job: UploadJob, part: number, rows: number | undefined): InvalidInputError | undefined;
  /** To be called when the file has ended. `undefined` unless upstream has parts that the file has not. */
  compareCount(): InvalidInputError | undefined;
}

/**
 * Compares what upstream has under a key with the file that comes now: by the file's name, by how it was
 * split, and by the rows of each part. A refusal says that the key was used for another file.
 */
export function earlierParts(
  uploaded: readonly UploadedPart[],
  now: { readonly name: string; readonly maxRowsPerJob: number | undefined },
): EarlierParts | { readonly refusal: InvalidInputError } {
  const { maxRowsPerJob } = now;
  const isSplit = maxRowsPerJob !== undefined;
  // As the name would come back: upstream's copy of a long name is cut.
  const name = readKeyedFileName(
    keyedFileName({ name: now.name, key: '0'.repeat(24), part: undefined }),
  )?.name.normalize();
  const parts = new Map<number, UpstreamJob>();
  for (const each of uploaded) {
    // Some browsers on macOS send accents apart from their letters, others send the same name with both in one.
    if (each.name.normalize() !== name) return otherFile(`the file "${each.name}"`);
    if (each.part?.maxRows !== maxRowsPerJob) {
      return otherFile(
        each.part ? `the file with maxRowsPerJob ${each.part.maxRows}` : 'the file as one job',
      );
    }
    const part = each.part?.number ?? 1;
    // Two jobs of one part would be a fault upstream of us; the first is the one that was answered.
    if (!parts.has(part)) parts.set(part, each.job);
  }

  return {
    take(part) {
      const job = parts.get(part);
      parts.delete(part);
      return job && toUploadJob(job);
    },
    compare({ status, upstream: { totalUploadedCount } }, part, rows) {
      const expected = rows === undefined ? maxRowsPerJob : rows - (part - 1) * (maxRowsPerJob ?? 0);
      if (status !== 'FINISHED' || totalUploadedCount === expected) return undefined;
      const which = isSplit ? ` in job ${part}` : '';
      return otherFile(`a file with ${totalUploadedCount} rows${which}, and this one has ${expected}`)
        .refusal;
    },
    isHidden: (part) => parts.size > 0 && !parts.has(part),
    compareCount: () => (parts.size > 0 ? otherFile('a file with more rows').refusal : undefined),
  };
}

function otherFile(what: string): { readonly refusal: InvalidInputError } {
  const message = `This key was used before, for ${what}. Nothing was uploaded now; take a new key for another file.`;
  return refuseInput('options.idempotencyKey', message);
}
