import { type AnyVariables, Client, cacheExchange, fetchExchange, type OperationResult } from '@urql/core';
import { fetchWithProgress, type ProgressInit } from './fetch-with-progress.ts';
import { dataOf } from './gateway-failure.ts';
import {
  FindJobDocument,
  type UploadCouponBatchInput,
  UploadCouponsDocument,
  WatchJobsDocument,
} from './generated/graphql.ts';
import { type Tokens, withRenewal } from './tokens.ts';
import { type RetryOptions, uploadWithRetries } from './upload-with-retries.ts';
import { type WatchOnce, type WatchOptions, watchUntilDone } from './watch-until-done.ts';

export interface UrqlOptions {
  readonly url: string;
  readonly tokens: Tokens;
  /** Default: XMLHttpRequest in the shape of `fetch`, where there is one. */
  readonly fetch?: typeof fetchWithProgress;
}

/**
 * urql does most by itself: its fetchExchange makes a multipart request of a File among the variables, and asks for
 * event streams when `fetchSubscriptions` is set. Rejects with `GatewayFailure`, or as `fetch` does.
 */
export function createUrqlClient({ url, tokens, fetch = fetchWithProgress }: UrqlOptions) {
  /** Asked for anew with each request: the token changes. */
  const withToken =
    (own: ProgressInit = {}): typeof globalThis.fetch =>
    async (address, init) => {
      const headers = new Headers(init?.headers);
      headers.set('x-cap-api-oauth-token', await tokens.current());
      headers.set('graphql-require-preflight', '1');
      return fetch(String(address), { ...init, ...own, headers });
    };

  const client = new Client({
    ...{ url, fetch: withToken(), fetchSubscriptions: true, preferGetMethod: false },
    exchanges: [cacheExchange, fetchExchange],
  });

  const watchOnce: WatchOnce = (ids, onState, signal) =>
    new Promise((resolve, reject) => {
      const { unsubscribe } = client
        .subscription(WatchJobsDocument, { ids: [...ids] })
        .subscribe((result) => {
          if (result.error) return settle(() => reject(failureOf(result)));
          // The end repeats the last state.
          if (!result.hasNext) return settle(resolve);
          if (result.data) onState(result.data.uploadJobUpdated);
        });
      const onAbort = () => settle(() => reject(signal?.reason));
      function settle(end: () => void): void {
        signal?.removeEventListener('abort', onAbort);
        end();
        queueMicrotask(unsubscribe);
      }
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort);
    });

  return {
    client,
    upload(file: File, input: UploadCouponBatchInput, options: RetryOptions & ProgressInit = {}) {
      const { signal, onProgress } = options;
      const send = (keyed: UploadCouponBatchInput) =>
        withRenewal(tokens, async () => {
          // urql has a signal of its own in place of the caller's: it is put back here.
          const own = withToken({ onProgress, ...(signal && { signal }) });
          const variables = { file, input: keyed };
          return answer(await client.mutation(UploadCouponsDocument, variables, { fetch: own }));
        });
      return uploadWithRetries(input, async (keyed) => (await send(keyed)).uploadCouponBatch, options);
    },
    async findJob(id: string) {
      const context = { requestPolicy: 'network-only' } as const;
      const { uploadJob } = await withRenewal(tokens, async () =>
        answer(await client.query(FindJobDocument, { id }, context)),
      );
      return uploadJob;
    },
    watch: (options: Omit<WatchOptions, 'tokens'>) => watchUntilDone(watchOnce, { ...options, tokens }),
  };
}

function answer<TData>(result: OperationResult<TData, AnyVariables>): TData {
  if (result.error) throw failureOf(result);
  return dataOf<TData>(result.data === undefined ? {} : { data: result.data });
}

/** The gateway's errors as all clients here tell them, else what broke on the way. */
function failureOf({ error }: Pick<OperationResult, 'error'>): unknown {
  if (error?.networkError) return error.networkError;
  try {
    return dataOf({ errors: error?.graphQLErrors ?? [] });
  } catch (failure) {
    return failure;
  }
}
