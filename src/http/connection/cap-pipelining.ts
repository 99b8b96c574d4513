import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

const maxUnanswered = 100;
const unanswered = new WeakMap<Duplex, number>();

/**
 * Ends the connection of a client that has more than 100 unanswered requests on it, and returns whether it
 * did. Node begins all requests that come in one piece at once, and holds each answer until the client has
 * taken those before it: a few kilobytes would become many megabytes.
 */
export function capPipelining({ socket }: IncomingMessage, res: ServerResponse): boolean {
  const count = (unanswered.get(socket) ?? 0) + 1;
  // More requests may follow in the same piece after the cut.
  if (socket.destroyed || count > maxUnanswered) {
    socket.destroy();
    return true;
  }
  unanswered.set(socket, count);
  res.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
  return false;
}

/** Whether requests that came by this socket wait for the end of their answers. */
export function hasUnanswered(socket: Duplex): boolean {
  return (unanswered.get(socket) ?? 0) > 0;
}
