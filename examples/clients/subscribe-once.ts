import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { dataOf, GatewayFailure, type ToldError } from './gateway-failure.ts';

/** What the clients of graphql-sse and graphql-ws have in common. */
export interface Subscriber {
  subscribe(
    request: { query: string; variables: Record<string, unknown> },
    sink: {
      next(result: { data?: unknown; errors?: readonly ToldError[] }): void;
      error(error: unknown): void;
      complete(): void;
    },
  ): () => void;
}

/**
 * One operation to its end. Rejects with `GatewayFailure` for errors that the gateway told, with what the client met
 * otherwise, or with the signal's reason.
 */
export function subscribeOnce<TData, TVariables extends Record<string, unknown>>(
  client: Subscriber,
  document: TypedDocumentNode<TData, TVariables>,
  variables: TVariables,
  onData: (data: TData) => void,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = (settle: () => void) => {
      signal?.removeEventListener('abort', onAbort);
      settle();
      dispose();
    };
    const onAbort = () => stop(() => reject(signal?.reason));
    const dispose = client.subscribe(
      { query: print(document), variables },
      {
        next(result) {
          try {
            onData(dataOf(result as { data?: TData; errors?: readonly ToldError[] }));
          } catch (error) {
            stop(() => reject(error));
          }
        },
        // A document that is refused comes as a list over WebSocket, and as a result over SSE.
        error: (error) => stop(() => reject(Array.isArray(error) ? new GatewayFailure(error) : error)),
        complete: () => stop(resolve),
      },
    );
    signal?.addEventListener('abort', onAbort);
  });
}
