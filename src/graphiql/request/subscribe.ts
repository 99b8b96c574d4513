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
 * Starts a subscription on a connection of its own. Returns what ends it, silently. Each transport tries a lost
 * connection again a few times before it gives up.
 */
export function subscribe(
  params: GraphQLParams,
  sink: SubscriptionSink,
  options: SubscribeOptions,
): () => void {
  const { url, headers, transport } = options;
  const client =
    transport === 'sse'
      ? createSseClient({ url, headers: { ...headers }, singleConnection: false })
      : createWebSocketClient({
          url: url.replace(/^http/, 'ws'),
          connectionParams: { ...headers },
          // A gateway that restarts is back after a few seconds.
          shouldRetry: () => true,
        });
  let isOver = false;
  const finish = () => {
    if (isOver) return;
    isOver = true;
    sink.end();
    void client.dispose();
  };
  const { query, operationName, variables } = params;
  const request = { query, ...(operationName && { operationName }), ...(variables && { variables }) };
  const stop = client.subscribe<Record<string, unknown>>(request, {
    next: (result) => {
      if (!isOver) sink.next(result as GraphQLResult);
    },
    error: (error) => {
      if (!isOver) sink.next(subscriptionFailure(error));
      finish();
    },
    complete: finish,
  });
  return () => {
    isOver = true;
    stop();
    void client.dispose();
  };
}
