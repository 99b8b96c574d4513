import { CapillaryError, type CapillaryErrorCode } from '../../src/capillary/capillary-error.ts';
import type { Credential } from '../../src/capillary/credential.ts';
import type { ListJobsOnce } from '../../src/capillary/list-jobs.ts';
import type { UploadKind, UpstreamJob } from '../../src/capillary/upstream-job.ts';

/** A job as upstream lists it, in series 1 unless told otherwise. */
export function job(jobId: string, uploadStatus: string, more: Partial<UpstreamJob> = {}): UpstreamJob {
  return {
    kind: 'COUPON_BATCH',
    orgId: '100458',
    couponSeriesId: '1',
    jobId,
    uploadStatus,
    createdOnMs: 1_717_651_325_000,
    updatedOnMs: 1_717_651_325_000,
    uploadedFileName: 'coupons.csv',
    uploadedFileUrl: 'coupons_1717651325326_1.csv',
    errorFileUrl: null,
    successFileUrl: null,
    totalUploadedCount: 0,
    actualRowCount: 0,
    errorCount: 0,
    uploadTableName: null,
    audienceGroupId: null,
    audienceGroupVersionId: null,
    ...more,
  };
}

export const isTerminal = (state: UpstreamJob) => ['FINISHED', 'ERRORED'].includes(state.uploadStatus);

export const ref = (jobId: string, couponSeriesId = '1', kind: UploadKind = 'COUPON_BATCH') => ({
  kind,
  couponSeriesId,
  jobId,
});

/** A credential whose id is its name. */
export function credential(id: string): Credential {
  return {
    id,
    orgId: '',
    renewable: false,
    token: async () => `token of ${id}`,
    renew: async () => undefined,
  };
}

/** What upstream answers a failed call with. */
export const failure = (code: CapillaryErrorCode, retryAfterSeconds?: number) =>
  new CapillaryError(code, `upstream: ${code}`, { retryAfterSeconds, requestId: 'r-1' });

export interface Poll {
  readonly atMs: number;
  readonly couponSeriesId: string;
  readonly credentialId: string;
  readonly signal: AbortSignal;
}

/** Stands in for the call that lists jobs, and counts. */
export interface Upstream {
  readonly listJobs: ListJobsOnce;
  readonly polls: Poll[];
  /** Lists these jobs from now on, each in its series, for every credential. */
  list(...jobs: UpstreamJob[]): void;
  /** Answers with this instead, until it is called with nothing. */
  answer(how?: (poll: Poll) => Promise<readonly UpstreamJob[]>): void;
  /** Resolves at the next poll. */
  nextPoll(): Promise<Poll>;
}

export function createUpstream(): Upstream {
  const polls: Poll[] = [];
  let jobs: readonly UpstreamJob[] = [];
  let answer: ((poll: Poll) => Promise<readonly UpstreamJob[]>) | undefined;
  const waiting: ((poll: Poll) => void)[] = [];
  return {
    polls,
    list(...next) {
      jobs = next;
    },
    answer(how) {
      answer = how;
    },
    nextPoll: () => new Promise((resolve) => waiting.push(resolve)),
    async listJobs({ kind, couponSeriesId, credential, signal }) {
      const poll = { atMs: performance.now(), couponSeriesId, credentialId: credential.id, signal };
      polls.push(poll);
      for (const tell of waiting.splice(0)) tell(poll);
      if (answer) return answer(poll);
      return jobs.filter((one) => one.kind === kind && one.couponSeriesId === couponSeriesId);
    },
  };
}

/** Takes what comes until the end, into `seen`; resolves with the error that ended it, if one did. */
export async function collect<T>(from: AsyncIterable<T>, seen: T[]): Promise<unknown> {
  try {
    for await (const one of from) seen.push(one);
  } catch (error) {
    return error;
  }
  return undefined;
}
