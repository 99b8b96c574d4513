import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { from, switchMap } from 'rxjs';
import { fetchWithProgress, type ProgressInit } from './fetch-with-progress.ts';
import { GatewayFailure } from './gateway-failure.ts';
import {
  FindJobDocument,
  type UploadCouponBatchInput,
  UploadCouponsDocument,
  WatchJobsDocument,
} from './generated/graphql.ts';
import type { Tokens } from './tokens.ts';
import { uploadForm } from './upload-form.ts';
import { type RetryOptions, type UploadResult, uploadWithRetries } from './upload-with-retries.ts';
import { type WatchOnce, type WatchOptions, watchUntilDone } from './watch-until-done.ts';

export interface ApolloOptions {
  readonly url: string;
  readonly tokens: Tokens;
  /** Default: XMLHttpRequest in the shape of `fetch`, where there is one. */
  readonly fetch?: typeof fetchWithProgress;
}

/**
 * Apollo Client with uploads, and subscriptions over plain HTTP, which it asks for by itself. All that shows a job reads
 * one entry of the cache, `UploadJob:<id>`: the upload makes it, and each change that is watched writes it.
 */
export function createApolloClient({ url, tokens, fetch = fetchWithProgress }: ApolloOptions) {
  const client = new ApolloClient({
    link: ApolloLink.from([renewLink(tokens), tokenLink(tokens), uploadLink, httpLink(url, fetch)]),
    cache: new InMemoryCache({
      possibleTypes: { UploadResult: Object.keys(members) },
      typePolicies: {
        Query: {
          fields: {
            // A job that an upload or a subscription has brought needs no request of its own.
            uploadJob(known, { args, toReference, canRead }) {
              const job = toReference({ __typename: 'UploadJob', id: args?.['id'] });
              return canRead(job) ? job : known;
            },
          },
        },
      },
    }),
  });

  const watchOnce: WatchOnce = (ids, onState, signal) =>
    new Promise((resolve, reject) => {
      const subscription = client
        .subscribe({ query: WatchJobsDocument, variables: { ids: [...ids] } })
        .subscribe({
          next: ({ data, error }) => {
            if (error) reject(failureOf(error));
            else if (data) onState(data.uploadJobUpdated);
          },
          error: reject,
          complete: resolve,
        });
      const onAbort = () => {
        subscription.unsubscribe();
        reject(signal?.reason);
      };
      subscription.add(() => signal?.removeEventListener('abort', onAbort));
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort);
    });

  return {
    client,
    upload(file: File, input: UploadCouponBatchInput, options: RetryOptions & ProgressInit = {}) {
      const { signal, onProgress } = options;
      const send = async (keyed: UploadCouponBatchInput) => {
        const { data, error } = await client.mutate({
          mutation: UploadCouponsDocument,
          variables: { file, input: keyed },
          context: { fetchOptions: { onProgress, ...(signal && { signal }) } },
          errorPolicy: 'all',
        });
        if (error || !data) throw failureOf(error);
        return data.uploadCouponBatch;
      };
      return uploadWithRetries(input, send, options);
    },
    async findJob(id: string) {
      const { data, error } = await client.query({
        ...{ query: FindJobDocument, variables: { id }, errorPolicy: 'all', fetchPolicy: 'network-only' },
      });
      if (error || !data) throw failureOf(error);
      return data.uploadJob;
    },
    watch: (options: Omit<WatchOptions, 'tokens'>) => watchUntilDone(watchOnce, { ...options, tokens }),
  };
}

/** The cache must know what the union is made of. As an object: a member that is left out does not compile. */
const members: Record<UploadResult['__typename'], true> = {
  UploadAccepted: true,
  UploadChecked: true,
  InvalidFileError: true,
  InvalidInputError: true,
  UpstreamRejectedError: true,
  UploadOutcomeUnknownError: true,
};

/** First in the chain: what it forwards again passes all the others, and gets the new token. */
function renewLink(tokens: Tokens): ApolloLink {
  return new ErrorLink(({ error, operation, forward }) => {
    const isExpired =
      CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions?.['code'] === 'UNAUTHENTICATED';
    return isExpired ? from(tokens.renew()).pipe(switchMap(() => forward(operation))) : undefined;
  });
}

function tokenLink(tokens: Tokens): ApolloLink {
  return new SetContextLink(async ({ headers }) => ({
    headers: {
      ...headers,
      'x-cap-api-oauth-token': await tokens.current(),
      'graphql-require-preflight': '1',
    },
  }));
}

/** Hands the file past the HttpLink, which makes JSON of all variables. */
const uploadLink = new ApolloLink((operation, forward) => {
  const { file } = operation.variables;
  if (file instanceof File) {
    operation.setContext(({ fetchOptions }) => ({ fetchOptions: { ...fetchOptions, file } }));
  }
  return forward(operation);
});

interface FileInit extends ProgressInit {
  readonly file?: File;
}

function httpLink(uri: string, fetch: typeof fetchWithProgress): ApolloLink {
  return new HttpLink({
    uri,
    fetch: (address, { file, ...init }: FileInit = {}) => {
      if (!file) return fetch(String(address), init);
      const operation = JSON.parse(String(init.body));
      const headers = new Headers(init.headers);
      // The browser writes the form's own, with its boundary.
      headers.delete('content-type');
      const body = uploadForm({ ...operation, variables: { ...operation.variables, file } });
      return fetch(String(address), { ...init, headers, body });
    },
  });
}

/** The gateway's errors as all clients here tell them, else what broke on the way. */
function failureOf(error: unknown): unknown {
  return CombinedGraphQLErrors.is(error) ? new GatewayFailure(error.errors) : error;
}
