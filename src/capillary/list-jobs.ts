import type { Dispatcher } from 'undici';
import { callUpstream } from './call-upstream.ts';
import type { Credential } from './credential.ts';
import { readJobs } from './read-answer.ts';
import { type RetryOptions, retryReads } from './retry-reads.ts';
import { tokenHeader, uploadPaths, upstreamUrl } from './upload-paths.ts';
import type { UploadKind, UpstreamJob } from './upstream-job.ts';
import { withToken } from './with-token.ts';

/** Where and how patiently job lists are read. */
export interface ListJobsOptions {
  readonly couponApiUrl: string;
  readonly dispatcher: Dispatcher;
  /** For one attempt. */
  readonly timeoutMs: number;
  readonly retry?: RetryOptions | undefined;
  /** Default 64 MiB, some 100,000 jobs. */
  readonly maxBodyBytes?: number | undefined;
}

/** Whose jobs to read, and as whom. */
export interface ListJobsInput {
  readonly kind: UploadKind;
  /** Digits: the caller has checked it. */
  readonly couponSeriesId: string;
  readonly credential: Credential;
  readonly signal: AbortSignal;
  /** `false`: one attempt, for who has a pace of his own. Default `true`. */
  readonly retry?: boolean | undefined;
}

/** Every job of a coupon series, in ascending `jobId`. Rejects with `CapillaryError`. */
export type ListJobs = (input: ListJobsInput) => Promise<readonly UpstreamJob[]>;

/** Makes the call that reads upstream's job lists, one attempt or as `retryReads` does (upstream contract, section 1). */
export function createListJobs(options: ListJobsOptions): ListJobs {
  const { couponApiUrl, dispatcher, timeoutMs, maxBodyBytes } = options;
  return async ({ kind, couponSeriesId, credential, signal, retry = true }) => {
    const url = upstreamUrl(couponApiUrl, uploadPaths[kind].status, couponSeriesId);
    const jobs = await withToken(credential, signal, (token) => {
      const list = async () => {
        const headers = { [tokenHeader]: token };
        const secrets = [token];
        const exchange = { url, method: 'GET', headers, secrets, dispatcher, timeoutMs } as const;
        const answer = await callUpstream({ ...exchange, maxBodyBytes, signal });
        return readJobs(kind, answer, couponSeriesId);
      };
      return retry ? retryReads(list, { ...options.retry, signal }) : list();
    });
    return jobs.toSorted((a, b) => compareIds(a.jobId, b.jobId));
  };
}

// Ids are digits without leading zeros and may be past 2^53.
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
