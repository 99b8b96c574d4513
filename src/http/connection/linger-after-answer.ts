import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createStallWatch } from '../../flow/stall-watch.ts';
import { hasBody } from './has-body.ts';

/** The bounds of what is read after an answer. */
export interface LingerOptions {
  /** How much more may arrive after the answer. Default 1 GiB. */
  readonly maxBytes?: number;
  /** How long it may come at any pace. Default 120,000. */
  readonly slowMs?: number;
  /** The pace, on average, that it needs after that. Default 64 KiB. */
  readonly minBytesPerSecond?: number;
  /** How long nothing may come. Default 10,000. */
  readonly idleMs?: number;
}

/**
 * Lets a client that is still sending receive an answer that came early. To close a socket with unread data
 * resets it, and a client that reads only after sending would find ECONNRESET instead of the answer. So the
 * answer goes out at once with `Connection: close`, the rest of the request is read and dropped within
 * bounds, and only then the socket closes. Call it before anything is answered.
 */
export function lingerAfterAnswer(
  req: IncomingMessage,
  res: ServerResponse,
  options: LingerOptions = {},
): void {
  const writeHead = res.writeHead.bind(res) as (...args: unknown[]) => ServerResponse;
  res.writeHead = (...args: unknown[]) => {
    if (hasBody(req) && !req.complete) {
      res.setHeader('connection', 'close');
      // Marks the body as being read: otherwise Node would drop it unseen, and neither bytes nor pauses could
      // be measured.
      req.read(0);
      // Node calls this after the last response of a connection. It is public on net.Socket, and the only
      // moment to step in. Not if that is a response before this one: whatever is read behind it would begin out of
      // its turn, which Node takes for a bug of its own, and ends the process.
      const { socket } = req;
      const destroySoon = socket.destroySoon.bind(socket);
      socket.destroySoon = () => (res.writableFinished ? drain(req, socket, options) : destroySoon());
    }
    return writeHead(...args);
  };
}

function drain(req: IncomingMessage, socket: Socket, options: LingerOptions): void {
  const { maxBytes = 1024 ** 3, slowMs = 120_000, minBytesPerSecond = 64 * 1024, idleMs = 10_000 } = options;
  const destroy = () => socket.destroy();
  const startMs = performance.now();
  let bytes = 0;
  const idle = createStallWatch({ timeoutMs: idleMs, onStall: destroy });
  socket.once('close', idle.close);
  idle.begin();
  req.unpipe();
  req.on('data', (chunk: Buffer) => {
    idle.moved();
    bytes += chunk.length;
    // No bound of time alone: a large file takes many minutes from afar, and its client would see a reset in the end.
    const elapsedMs = performance.now() - startMs;
    const isSlow = elapsedMs > slowMs && bytes * 1_000 < elapsedMs * minBytesPerSecond;
    if (isSlow || bytes > maxBytes) destroy();
  });
  // Nothing unread is left then: this closes without a reset.
  req.once('end', () => socket.end(destroy));
  req.once('close', () => {
    if (!req.readableEnded) destroy();
  });
  req.resume();
  if (req.readableEnded) socket.end(destroy);
}
