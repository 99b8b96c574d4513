import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Ends the connection of a client that takes none of its waiting answer for `idleMs`; otherwise the answer would be
 * held for as long as the client likes. A client that has nothing to read may be quiet, and every byte taken counts.
 */
export function cutSlowReader(req: IncomingMessage, res: ServerResponse, idleMs: number): void {
  const { socket } = req;
  // Node's own timer knows how much of a large write the system has taken meanwhile.
  res.setTimeout(idleMs, () => {
    if (socket.writableLength > 0) socket.destroy();
  });
  res.once('finish', () => {
    // A connection that is kept alive has Node's own timeout by now, and lingering has its own.
    if (!res.shouldKeepAlive) socket.setTimeout(0);
  });
}
