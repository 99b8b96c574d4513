import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Ends the connection of a client that takes none of what waits for it for `idleMs`: its answer would be held for as long
 * as it likes. Who has nothing to read may be as quiet as it wants, and every byte taken counts.
 */
export function cutSlowReader(req: IncomingMessage, res: ServerResponse, idleMs: number): void {
  const { socket } = req;
  // Node's own timer knows how much of a large write the system has taken meanwhile.
  res.setTimeout(idleMs, () => {
    if (socket.writableLength > 0) socket.destroy();
  });
  res.once('finish', () => {
    // A connection that is kept has Node's own timeout by now; lingering has its own.
    if (!res.shouldKeepAlive) socket.setTimeout(0);
  });
}
