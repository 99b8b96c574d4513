import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import type { GraphQLResult } from './graphql-result.ts';
import type { GraphQLParams } from './multipart-parts.ts';
import { subscriptionFailure } from './subscription-failure.ts';

/** How subscriptions travel. */
export type Transport = 'websocket' | 'sse';

/** Where a subscription goes, and how. */
export interface SubscribeOptions {
  /** The address of queries, absolute: the WebSocket goes to the same place. */
  readonly url: string;
  /** Headers over SSE; connection parameters over WebSocket, which has no headers in a browser. */
  readonly headers: Readonly<Record<string, string>>;
  readonly transport: Transport;
  /** A connection without a sign of life for this long counts as lost. Default 30,000: the gateway gives one every 12 s. */
  readonly maxSilenceMs?: number;
}

/** Who hears of a subscription. */
export interface SubscriptionSink {
  readonly next: (result: GraphQLResult) => void;
  /**
   * Called once, at the end, also after a failure, which comes as a result before. Not called when the caller
   * itself ended it.
   */
  readonly end: () => void;
}

/**
 * Starts a subscription on a connection of its own. Returns what ends it, silently. A lost connection is a failure at
 * once: neither transport would say for half a minute that it is trying again.
 */
export function subscribe(
  params: GraphQLParams,
  sink: SubscriptionSink,
  options: SubscribeOptions,
): () => void {
  const { url, headers, transport, maxSilenceMs = 30_000 } = options;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const heard = () => {
    clearTimeout(silence);
    // A machine that is asleep or has lost its network says no goodbye.
    if (!isOver) silence = setTimeout(() => fail(undefined), maxSilenceMs);
  };
  const client =
    transport === 'sse'
      ? createSseClient({
          url,
          headers: { ...headers },
          singleConnection: false,
          retryAttempts: 0,
          fetchFn: audibleFetch(heard),
        })
      : createWebSocketClient({
          url: url.replace(/^http/, 'ws'),
          connectionParams: { ...headers },
          retryAttempts: 0,
          keepAlive: maxSilenceMs / 3,
          on: { message: heard },
        });
  const stop = () => {
    isOver = true;
    clearTimeout(silence);
    unsubscribe();
    // It rejects when there is no connection to close.
    Promise.resolve(client.dispose()).catch(() => {});
  };
  const finish = () => {
    if (isOver) return;
    stop();
    sink.end();
  };
  const fail = (error: unknown) => {
    if (!isOver) sink.next(subscriptionFailure(error, transport));
    finish();
  };
  const { query, operationName, variables } = params;
  const request = { query, ...(operationName && { operationName }), ...(variables && { variables }) };
  const unsubscribe = client.subscribe<Record<string, unknown>>(request, {
    next: (result) => {
      if (!isOver) sink.next(result as GraphQLResult);
    },
    error: fail,
    complete: finish,
  });
  heard();
  return stop;
}

/** A fetch that tells of each piece of an answer, such as a ping, which the SSE client keeps to itself. */
function audibleFetch(heard: () => void): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const pieces = new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, output) {
        heard();
        output.enqueue(piece);
      },
    });
    return new Response(response.body?.pipeThrough(pieces) ?? null, response);
  };
}
