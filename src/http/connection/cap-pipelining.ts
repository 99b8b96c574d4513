import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

const maxUnanswered = 100;
const unanswered = new WeakMap<Duplex, Set<ServerResponse>>();

/**
 * Ends the connection of a client that has more than 100 unanswered requests on it, and returns whether it
 * did. Node begins all requests that come in one piece at once, and holds each answer until the client has
 * taken those before it: a few kilobytes would become many megabytes.
 */
export function capPipelining({ socket }: IncomingMessage, res: ServerResponse): boolean {
  const waiting = unanswered.get(socket) ?? new Set();
  // More requests may follow in the same piece after the cut.
  if (socket.destroyed || waiting.size >= maxUnanswered) {
    socket.destroy();
    return true;
  }
  unanswered.set(socket, waiting.add(res));
  res.once('close', () => waiting.delete(res));
  return false;
}

/** The answers that requests by this socket still wait for, in their order. Changes as they end. */
export function unansweredOn(socket: Duplex): ReadonlySet<ServerResponse> {
  return unanswered.get(socket) ?? new Set();
}
