import type { CapillaryClient } from '../capillary/capillary-client.ts';
import { CapillaryError } from '../capillary/capillary-error.ts';
import type { Credential } from '../capillary/credential.ts';
import { delay } from '../capillary/delay.ts';
import type { UploadKind, UpstreamJob } from '../capillary/upstream-job.ts';
import { readKeyedFileName } from './keyed-file-name.ts';

export interface FindUploadedRequest {
  readonly kind: UploadKind;
  readonly couponSeriesId: string;
  /** `fileKey`'s. */
  readonly key: string;
  readonly credential: Credential;
  readonly signal: AbortSignal;
  /** One look into the list after each pause; it may show a new job late. */
  readonly lookPausesMs: readonly number[];
}

/**
 * Looks for an upload in upstream's status list by the key in its file name. `listed`: the last look was answered, so
 * that finding nothing means something. Rejects with the signal's reason only.
 */
export async function findUploaded(
  client: Pick<CapillaryClient, 'listJobs'>,
  { kind, couponSeriesId, key, credential, signal, lookPausesMs }: FindUploadedRequest,
): Promise<{ readonly jobs: readonly UpstreamJob[]; readonly listed: boolean }> {
  let listed = false;
  for (const pauseMs of lookPausesMs) {
    await delay(pauseMs, signal);
    try {
      const all = await client.listJobs({ kind, couponSeriesId, credential, signal });
      const jobs = all.filter((job) => readKeyedFileName(job.uploadedFileName)?.key === key);
      if (jobs.length > 0) return { jobs, listed: true };
      listed = true;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CapillaryError)) throw error;
      listed = false;
    }
  }
  return { jobs: [], listed };
}
