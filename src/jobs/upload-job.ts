import type { UpstreamJob } from '../capillary/upstream-job.ts';
import { formatJobId } from './job-id.ts';
import { shownFileName } from './keyed-file-name.ts';

/** How far a job is, in the words of the public schema. */
export type UploadJobStatus =
  | 'QUEUED'
  | 'STARTED'
  | 'VALIDATED'
  | 'COMMITTED'
  | 'FINISHED'
  | 'FAILED'
  | 'UNKNOWN';

/** What a job came to. `PENDING` until its status is final. */
export type UploadJobOutcome = 'PENDING' | 'SUCCEEDED' | 'PARTIALLY_REJECTED' | 'REJECTED' | 'FAILED';

/** An upload job as the public schema shows it: upstream's entry, read. */
export interface UploadJob {
  readonly id: string;
  readonly upstream: UpstreamJob;
  readonly status: UploadJobStatus;
  readonly outcome: UploadJobOutcome;
  /** True once `status` can no longer change. */
  readonly isTerminal: boolean;
  readonly acceptedCount: number;
  /** As the user named the file, without the key that the gateway put into it. */
  readonly uploadedFileName: string;
}

// Upstream contract, "Status values". COMMITED is how upstream spells it.
const statuses: Readonly<Record<string, UploadJobStatus>> = {
  QUEUED: 'QUEUED',
  STARTED: 'STARTED',
  VALIDATED: 'VALIDATED',
  COMMITED: 'COMMITTED',
  COMMITTED: 'COMMITTED',
  FINISHED: 'FINISHED',
  COMPLETED: 'FINISHED',
  ERRORED: 'FAILED',
  FAILED: 'FAILED',
};

/** Reads upstream's entry. A status text that nobody knows is `UNKNOWN`, and may still change. */
export function toUploadJob(upstream: UpstreamJob): UploadJob {
  const text = upstream.uploadStatus.trim().toUpperCase();
  const status = (Object.hasOwn(statuses, text) && statuses[text]) || 'UNKNOWN';
  const acceptedCount = Math.max(0, upstream.totalUploadedCount - upstream.errorCount);
  return {
    id: formatJobId(upstream),
    upstream,
    status,
    outcome: outcome(status, upstream.errorCount, acceptedCount),
    isTerminal: status === 'FINISHED' || status === 'FAILED',
    acceptedCount,
    uploadedFileName: shownFileName(upstream.uploadedFileName),
  };
}

/** A finished job may have had every row rejected: upstream calls it finished all the same. */
function outcome(status: UploadJobStatus, errors: number, accepted: number): UploadJobOutcome {
  if (status === 'FAILED') return 'FAILED';
  if (status !== 'FINISHED') return 'PENDING';
  if (errors === 0) return 'SUCCEEDED';
  return accepted > 0 ? 'PARTIALLY_REJECTED' : 'REJECTED';
}
