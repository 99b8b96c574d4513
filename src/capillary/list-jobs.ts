import type { Dispatcher } from 'undici';
import type { Span } from '../span.ts';
import { callUpstream } from './call-upstream.ts';
import type { Credential } from './credential.ts';
import { readJobs } from './read-answer.ts';
import { type RetryOptions, retryReads } from './retry-reads.ts';
import { tokenHeader, uploadCalls, upstreamUrl } from './upload-calls.ts';
import { type OnCall, withinUpstreamCall } from './upstream-call.ts';
import type { JobListRef, UpstreamJob } from './upstream-job.ts';
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

/** Which list to read, and as whom. */
export interface ListJobsInput extends JobListRef {
  readonly credential: Credential;
  readonly signal: AbortSignal;
  /** `false`: one attempt only, for callers with a pace of their own. Default `true`. */
  readonly retry?: boolean | undefined;
  /** The span of whoever asks. Default: not traced. */
  readonly span?: Span | undefined;
}

/** Every job of a coupon series, in ascending `jobId`. Rejects with `CapillaryError`. */
export type ListJobs = (input: ListJobsInput) => Promise<readonly UpstreamJob[]>;

/** `ListJobs` for callers that never want more than one attempt. */
export type ListJobsOnce = (input: ListJobsInput & { readonly retry: false }) => ReturnType<ListJobs>;

/**
 * Makes the call that reads upstream's job lists: one attempt, or several as `retryReads` does (upstream
 * contract, section 1).
 */
export function createListJobs(options: ListJobsOptions): ListJobs {
  const { couponApiUrl, dispatcher, timeoutMs, maxBodyBytes, onCall } = options;
  return async ({ kind, couponSeriesId, credential, signal, retry = true, span }) => {
    const { call, path } = uploadCalls[kind].status;
    const url = upstreamUrl(couponApiUrl, path, couponSeriesId);
    const about = { call, method: 'GET', route: `${path}/{couponSeriesId}`, span, onCall } as const;
    return withToken(credential, { signal, span }, (token) => {
      const list = () =>
        withinUpstreamCall(about, async ({ headers, answered }) => {
          const answer = await callUpstream({
            url,
            method: 'GET',
            headers: { ...headers, [tokenHeader]: token },
            secrets: [token],
            dispatcher,
            timeoutMs,
            maxBodyBytes,
            signal,
          });
          answered(answer.status);
          return readJobs(kind, answer, couponSeriesId);
        });
      return retry ? retryReads(list, { ...options.retry, signal }) : list();
    });
  };
}
