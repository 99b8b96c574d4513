import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const maxUnanswered = 100;
const unanswered = new WeakMap<Socket, number>();

/**
 * Ends the connection of a client that has more than 100 requests without an answer on it, and tells whether that was
 * so. Node begins all that came in one piece at once, and holds each answer until the client has taken those before: a few
 * kilobytes would become many megabytes.
 */
export function capPipelining({ socket }: IncomingMessage, res: ServerResponse): boolean {
  const count = (unanswered.get(socket) ?? 0) + 1;
  // After the cut there may be more in the same piece.
  if (socket.destroyed || count > maxUnanswered) {
    socket.destroy();
    return true;
  }
  unanswered.set(socket, count);
  res.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
  return false;
}
