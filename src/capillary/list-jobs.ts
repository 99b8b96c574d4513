import type { Dispatcher } from 'undici';
import type { Span } from '../observe/span.ts';
import { callUpstream } from './call-upstream.ts';
import type { Credential } from './credential.ts';
import { readJobs } from './read-answer.ts';
import { type RetryOptions, retryReads } from './retry-reads.ts';
import { tokenHeader, uploadCalls, uploadPaths, upstreamUrl } from './upload-paths.ts';
import { type OnCall, withinUpstreamCall } from './upstream-call.ts';
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
  /** Hears of each attempt. Default: nobody. */
  readonly onCall?: OnCall | undefined;
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
  /** Of whoever wants to know. Default: not traced. */
  readonly span?: Span | undefined;
}

/** Every job of a coupon series, in ascending `jobId`. Rejects with `CapillaryError`. */
export type ListJobs = (input: ListJobsInput) => Promise<readonly UpstreamJob[]>;

/** Makes the call that reads upstream's job lists, one attempt or as `retryReads` does (upstream contract, section 1). */
export function createListJobs(options: ListJobsOptions): ListJobs {
  const { couponApiUrl, dispatcher, timeoutMs, maxBodyBytes, onCall } = options;
  return async ({ kind, couponSeriesId, credential, signal, retry = true, span }) => {
    const path = uploadPaths[kind].status;
    const url = upstreamUrl(couponApiUrl, path, couponSeriesId);
    const call = {
      call: uploadCalls[kind].status,
      method: 'GET',
      route: `${path}/{couponSeriesId}`,
      span,
      onCall,
    } as const;
    const jobs = await withToken(credential, { signal, span }, (token) => {
      const list = () =>
        withinUpstreamCall(call, async ({ headers, answered }) => {
          const answer = await callUpstream({
            ...{ url, method: 'GET', dispatcher, timeoutMs, maxBodyBytes, signal },
            headers: { ...headers, [tokenHeader]: token },
            secrets: [token],
          });
          answered(answer.status);
          return readJobs(kind, answer, couponSeriesId);
        });
      return retry ? retryReads(list, { ...options.retry, signal }) : list();
    });
    return jobs.toSorted((a, b) => compareIds(a.jobId, b.jobId));
  };
}

// Ids are digits without leading zeros and may be past 2^53.
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
