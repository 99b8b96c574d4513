import type { CapillaryClient } from '../../capillary/capillary-client.ts';
import { CapillaryError } from '../../capillary/capillary-error.ts';
import type { ListJobsInput } from '../../capillary/list-jobs.ts';
import type { UpstreamJob } from '../../capillary/upstream-job.ts';
import { isAbort } from '../../errors.ts';
import { delay } from '../../flow/delay.ts';
import { type FilePart, readKeyedFileName } from '../../jobs/keyed-file-name.ts';

/** Which key to look for, in which list, and as whom. */
export interface KeySearch extends ListJobsInput {
  /** As `fileKey` makes it. */
  readonly key: string;
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
export async function listUploaded(client: Client, search: KeySearch): Promise<readonly UploadedPart[]> {
  const jobs = await client.listJobs(search);
  return jobs.flatMap((job) => {
    const keyed = readKeyedFileName(job.uploadedFileName);
    return keyed?.key === search.key ? [{ job, name: keyed.name, part: keyed.part }] : [];
  });
}

/**
 * The same, once it shows that many parts, and none without those before it, or after the last of these pauses. Looks
 * after each of them.
 */
export async function awaitUploaded(
  client: Client,
  search: KeySearch,
  parts: number,
  pausesMs: readonly number[],
): Promise<readonly UploadedPart[]> {
  let uploaded: readonly UploadedPart[] = [];
  for (const pauseMs of pausesMs) {
    await delay(pauseMs, search.signal);
    uploaded = await listUploaded(client, search);
    const last = Math.max(parts, ...uploaded.map(({ part }) => part?.number ?? 1));
    if (uploaded.length >= last) break;
  }
  return uploaded;
}

/**
 * Looks for one part, once after each pause: the list may show a new job late. `listed`: the last look was
 * answered, so that finding nothing means something. Rejects with the signal's reason when that says that
 * nobody waits any longer; after any other abort it just stops looking.
 */
export async function findUploaded(
  client: Client,
  search: KeySearch,
  part: FilePart | undefined,
  pausesMs: readonly number[],
): Promise<{ readonly job: UpstreamJob | undefined; readonly listed: boolean }> {
  const { signal } = search;
  let listed = false;
  for (const pauseMs of pausesMs) {
    try {
      await delay(pauseMs, signal);
      // Without retries: the pauses between the looks are enough.
      const uploaded = await listUploaded(client, { ...search, retry: false });
      const found = uploaded.find((each) => each.part?.number === part?.number);
      if (found) return { job: found.job, listed: true };
      listed = true;
    } catch (error) {
      if (signal.aborted && !isAbort(signal.reason)) return { job: undefined, listed: false };
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof CapillaryError)) throw error;
      listed = false;
    }
  }
  return { job: undefined, listed };
}
