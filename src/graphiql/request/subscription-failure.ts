import { failure, type GraphQLFault, type GraphQLResult } from './graphql-result.ts';
import { unreachable } from './send-operation.ts';
import type { Transport } from './subscribe.ts';

/**
 * Turns what ended a subscription into a result: the GraphQL errors of an `error` message as they are,
 * everything else (a close event, an HTTP error, a lost connection) as one error that a person can read.
 */
export function subscriptionFailure(error: unknown, transport: Transport): GraphQLResult {
  if (Array.isArray(error)) return { errors: error as GraphQLFault[] };
  const { code, reason } = (error ?? {}) as { readonly code?: unknown; readonly reason?: unknown };
  if (typeof code === 'number' && typeof reason === 'string' && reason !== '')
    return failure('UNREACHABLE', `The gateway ended the connection: ${reason} (${code}).`);
  // A browser does not say why a WebSocket did not open.
  const blocked = 'If all else works here, something on the way blocks WebSockets: watch over SSE instead.';
  return failure('UNREACHABLE', transport === 'websocket' ? `${unreachable} ${blocked}` : unreachable);
}
