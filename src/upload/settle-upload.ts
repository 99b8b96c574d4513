import type { CapillaryClient } from '../capillary/capillary-client.ts';
import { CapillaryError, type CapillaryErrorCode } from '../capillary/capillary-error.ts';
import type { UploadOutcome } from '../capillary/send-upload.ts';
import { GatewayError } from '../errors.ts';
import type { FilePart } from '../jobs/keyed-file-name.ts';
import { toUploadJob, type UploadJob } from '../jobs/upload-job.ts';
import { findUploaded, type KeySearch } from './repeats/find-uploaded.ts';
import { KeyBusyError } from './repeats/key-lock.ts';
import { FileRefusedError } from './result/file-refused-error.ts';
import {
  invalidFile,
  keyBusy,
  outcomeUnknown,
  type SoFar,
  type UploadResult,
  upstreamRejected,
} from './result/upload-result.ts';
import { withJobs } from './result/with-jobs.ts';

/** A part that was sent, and all that is known about it. */
export interface SettleRequest {
  readonly client: Pick<CapillaryClient, 'listJobs'>;
  readonly outcome: UploadOutcome;
  /** Where to look for the job when its answer was lost. */
  readonly search: KeySearch;
  readonly part: FilePart | undefined;
  readonly lookPausesMs: readonly number[];
  readonly soFar: SoFar;
}

/**
 * Finds out what became of a part that was sent: its job, or the result for the caller. Rejects with what no caller can
 * mend. Where the answer was lost after the whole part had gone up, it first looks into upstream's list.
 */
export async function settleUpload(
  request: SettleRequest,
): Promise<{ readonly job: UploadJob } | { readonly result: UploadResult }> {
  const { client, outcome, search, part, lookPausesMs, soFar } = request;
  if (outcome.ok) return { job: toUploadJob(outcome.job) };
  const { error } = outcome;
  if (error instanceof FileRefusedError) return { result: invalidFile(error, soFar) };
  if (error instanceof KeyBusyError) return { result: keyBusy(soFar) };
  const isUpstreams = error instanceof CapillaryError;
  if (isUpstreams && error.code === 'REJECTED') return { result: upstreamRejected(error, soFar) };
  // A reason of our own to stop waiting says nothing about what upstream has.
  const isTold = isUpstreams || error instanceof GatewayError;
  if (!isTold || !mayHaveJob(outcome)) throw withJobs(error, soFar);
  const { job, listed } = await findUploaded(client, search, part, lookPausesMs);
  if (job) return { job: toUploadJob(job) };
  // Upstream itself said no, and its list confirms it.
  if (isUpstreams && error.explicit && listed) throw withJobs(error, soFar);
  const message = `The whole file was sent, but Capillary's answer was lost, and its list does not show the job yet: ${error.message}`;
  return { result: outcomeUnknown(message, soFar) };
}

/**
 * Whether upstream may have made a job that nobody was told of. Certainly not where the closing boundary never left us,
 * nor where the answer is a 4xx: only a 5xx, or no answer, leaves open what became of a whole part.
 */
export function mayHaveJob(outcome: UploadOutcome): boolean {
  if (outcome.ok || !outcome.whole) return false;
  const { error } = outcome;
  return !(error instanceof CapillaryError && refusals.has(error.code));
}

const refusals: ReadonlySet<CapillaryErrorCode> = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'REJECTED',
]);
