import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { ApolloClient, ApolloLink, InMemoryCache } from '@apollo/client';
import { BaseHttpLink } from '@apollo/client/link/http';
import { type GraphQLFormattedError, parse } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import type { Observable, Subscription } from 'rxjs';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { Sandbox } from '../../src/sandbox/create-sandbox.ts';
import { token as sandboxToken } from './graphql-client.ts';
import type { TestGatewayOptions } from './start-gateway.ts';

/** Polls as fast as may be. */
export const fast: TestGatewayOptions = {
  env: { POLL_MIN_INTERVAL_MS: '10', POLL_MAX_INTERVAL_MS: '20', POLL_BUDGET_PER_MINUTE: '1000000' },
};

export const watchJobs = /* GraphQL */ `
  subscription ($ids: [ID!]!) {
    uploadJobUpdated(ids: $ids) { id status upstreamStatus outcome isTerminal }
  }
`;

export interface GraphQLRequest {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
  readonly extensions?: Record<string, unknown>;
}

export interface Caller {
  /** Default: the sandbox's. `null`: none. Sent as a header, or as a connection parameter. */
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
  readonly params?: Record<string, unknown>;
}

export interface Result {
  // biome-ignore lint/suspicious/noExplicitAny: results of many shapes, looked at by assertions only
  readonly data?: any;
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}

/** An operation under way. Disposing gives it up, and closes its connection. */
export interface Operation extends AsyncDisposable, AsyncIterable<Result> {
  next(): Promise<IteratorResult<Result, undefined>>;
  return(): Promise<unknown>;
}

export interface Transport {
  readonly name: 'SSE' | 'WebSocket' | 'multipart';
  /** Starts an operation through the official client, on a connection of its own, without retries. */
  start(url: string, request: GraphQLRequest, caller?: Caller): Operation;
}

export const transports: readonly Transport[] = [
  {
    name: 'SSE',
    start(url, request, { token = sandboxToken, headers = {} } = {}) {
      const client = createSseClient({
        ...{ url, retryAttempts: 0 },
        headers: { ...(token === null ? {} : { 'x-cap-api-oauth-token': token }), ...headers },
      });
      return operation(client.iterate({ ...request }), client.dispose);
    },
  },
  {
    name: 'WebSocket',
    start(url, request, { token = sandboxToken, headers = {}, params } = {}) {
      const client = createWebSocketClient({
        ...{ url: url.replace('http', 'ws'), retryAttempts: 0 },
        connectionParams: params ?? (token === null ? {} : { 'x-cap-api-oauth-token': token }),
        webSocketImpl: class extends WebSocket {
          constructor(address: string, protocols: string[]) {
            super(address, protocols, { headers });
          }
        },
      });
      return operation(client.iterate({ ...request }), () => void client.dispose());
    },
  },
  {
    name: 'multipart',
    start(url, request, { token = sandboxToken, headers = {} } = {}) {
      const { query, variables, operationName, extensions } = request;
      const link = new BaseHttpLink({
        ...{ uri: url, print: () => query, includeUnusedVariables: true },
        includeExtensions: true,
        headers: { ...(token === null ? {} : { 'x-cap-api-oauth-token': token }), ...headers },
      });
      const client = new ApolloClient({ link, cache: new InMemoryCache() });
      // Apollo takes no document that it cannot parse: this one stands in for `query`, which is what is sent.
      const document = parse(`subscription ${operationName ?? ''} { __typename }`);
      const results = ApolloLink.execute(
        link,
        { query: document, ...(variables && { variables }), ...(extensions && { extensions }) },
        { client },
      );
      return operation(iterate(results), () => client.stop());
    },
  },
];

function iterate(source: Observable<unknown>): AsyncIterableIterator<unknown> {
  let subscription: Subscription | undefined;
  const stream = new ReadableStream({
    start(controller) {
      subscription = source.subscribe({
        next: (value) => controller.enqueue(value),
        error: (error) => controller.error(error),
        complete: () => controller.close(),
      });
    },
    cancel: () => subscription?.unsubscribe(),
  });
  const reader = stream.getReader();
  return {
    next: () => reader.read(),
    async return() {
      // Unlike the stream's own iterator this does not wait for the result that a reader waits for.
      await reader.cancel();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function operation(source: AsyncIterableIterator<unknown>, dispose: () => void): Operation {
  const results = source as AsyncIterableIterator<Result, undefined>;
  const giveUp = async () => {
    await results.return?.();
    dispose();
  };
  return {
    next: () => results.next(),
    return: giveUp,
    [Symbol.asyncIterator]: () => results,
    [Symbol.asyncDispose]: giveUp,
  };
}

export interface Outcome {
  readonly data: readonly unknown[];
  readonly errors: readonly GraphQLFormattedError[];
}

/**
 * Takes all until the proper end. What GraphQL over WebSocket tells as an `error` message, which is an end as well, is
 * told over SSE as a result: here both are errors. Rejects when the connection breaks.
 */
export async function outcome(operation: AsyncIterable<Result>): Promise<Outcome> {
  const data: unknown[] = [];
  const errors: GraphQLFormattedError[] = [];
  try {
    for await (const result of operation) {
      if (result.data) data.push(result.data);
      errors.push(...(result.errors ?? []));
    }
  } catch (error) {
    if (!Array.isArray(error)) throw error;
    errors.push(...(error as GraphQLFormattedError[]));
  }
  return { data, errors };
}

/** The next state of a watched job. Fails on an error and on the end. */
export async function nextJob(operation: Operation) {
  const { done, value } = await operation.next();
  expect({ done, errors: value?.errors }).toEqual({ done: false, errors: undefined });
  return value?.data.uploadJobUpdated;
}

export interface NewJob {
  readonly kind?: 'COUPON_BATCH' | 'REDEEMED_COUPONS';
  readonly series?: string;
  readonly token?: string;
  readonly fileName?: string;
}

/** Uploads a file to the sandbox itself. Returns the job's id as the gateway has it, and its number. */
export async function addJob(
  sandbox: Sandbox,
  options: NewJob = {},
): Promise<{ id: string; number: number }> {
  const { kind = 'COUPON_BATCH', series = '541854', token = sandboxToken } = options;
  const { fileName = 'coupons.csv' } = options;
  const isBatch = kind === 'COUPON_BATCH';
  const form = new FormData();
  const fields = isBatch
    ? { customerIdentifier: 'NOT_TAGGED' }
    : {
        customerIdentifier: 'USER_ID',
        couponIdentifier: 'COUPON_ID',
        uploadHeaders: '{"redeemedDateInMillis":0,"redeemedAt":1,"userId":2,"couponId":3}',
      };
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob(['a,b,c,d\n1,2,3,4\n']), fileName);
  const path = `/coupon/api/v1/upload/${isBatch ? 'file' : 'redeemFile'}/${series}`;
  const headers = { 'x-cap-api-oauth-token': token };
  const response = await fetch(sandbox.url + path, { method: 'POST', headers, body: form });
  // biome-ignore lint/suspicious/noExplicitAny: the sandbox's own answer
  const { result } = (await response.json()) as any;
  const [job] = result.uploadJobStatuses ?? result.redeemUploadJobStatuses;
  return { id: `${kind}:${series}:${job.jobId}`, number: job.jobId };
}

/** The polls that the sandbox has seen. */
export function pollsOf(sandbox: Sandbox) {
  return sandbox.requests.filter(({ method }) => method === 'GET');
}

/** One of the gateway's own numbers, by its name and labels as printed. On a connection of its own, so that none is left. */
export async function readMetric(url: string, name: string): Promise<number> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(new URL('/metrics', url), { agent: false }, resolve).on('error', reject);
  });
  const line = (await text(answer)).split('\n').find((one) => one.startsWith(`${name} `));
  if (!line) throw new Error(`There is no metric ${name}.`);
  return Number(line.slice(name.length));
}
