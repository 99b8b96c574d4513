import type { CapillaryClient } from '../../capillary/capillary-client.ts';
import { CapillaryError } from '../../capillary/capillary-error.ts';
import type { ListJobsInput } from '../../capillary/list-jobs.ts';
import type { UpstreamJob } from '../../capillary/upstream-job.ts';
import { isAbort } from '../../errors.ts';
import { delay } from '../../flow/delay.ts';
import { type FilePart, readKeyedFileName } from '../../jobs/keyed-file-name.ts';

/** Which key to look for, in which list, and as whom. */
export interface FindUploadedRequest extends Omit<ListJobsInput, 'retry'> {
  /** As `fileKey` makes it. */
  readonly key: string;
}

/** Where to look for one part: `undefined` for a file that is not split. */
export interface PartPlace extends FindUploadedRequest {
  readonly part: FilePart | undefined;
}

/** A job that was made under a key, and which part of its file it is. */
export interface UploadedPart {
  readonly job: UpstreamJob;
  /** The user's file name. */
  readonly name: string;
  /** Undefined for a file that was not split. */
  readonly part: FilePart | undefined;
}

type Client = Pick<CapillaryClient, 'listJobs'>;

/**
 * What upstream's status list has under a key, by the file names in it (upstream contract, "Reading the
 * fields"). Rejects as the list does.
 */
export async function listUploaded(
  client: Client,
  { key, ...list }: FindUploadedRequest & Pick<ListJobsInput, 'retry'>,
): Promise<UploadedPart[]> {
  const jobs = await client.listJobs(list);
  return jobs.flatMap((job) => {
    const keyed = readKeyedFileName(job.uploadedFileName);
    return keyed?.key === key ? [{ job, name: keyed.name, part: keyed.part }] : [];
  });
}

/**
 * Looks for one part, once after each pause: the list may show a new job late. `listed`: the last look was
 * answered, so that finding nothing means something. Rejects with the signal's reason when that says that
 * nobody waits any longer; after any other abort it just stops looking.
 */
export async function findUploaded(
  client: Client,
  request: PartPlace,
  lookPausesMs: readonly number[],
): Promise<{ readonly job: UpstreamJob | undefined; readonly listed: boolean }> {
  const { part, ...place } = request;
  // Without retries: the pauses between the looks are enough.
  const look = { ...place, retry: false };
  let listed = false;
  for (const pauseMs of lookPausesMs) {
    try {
      await delay(pauseMs, request.signal);
      const found = (await listUploaded(client, look)).find(
        (uploaded) => uploaded.part?.number === part?.number,
      );
      if (found) return { job: found.job, listed: true };
      listed = true;
    } catch (error) {
      const { aborted, reason } = request.signal;
      if (aborted && !isAbort(reason)) return { job: undefined, listed: false };
      if (aborted) throw reason;
      if (!(error instanceof CapillaryError)) throw error;
      listed = false;
    }
  }
  return { job: undefined, listed };
}
