import type { Exchange } from './exchange.ts';
import { onBodyOver } from './on-body-over.ts';

/**
 * Reads a request body to its end, handing every chunk to `take`. False when the connection went down before the end.
 * `take` returning false stops the flow until `exchange.req.resume()`.
 */
export function readBody(exchange: Exchange, take: (chunk: Buffer) => boolean | undefined): Promise<boolean> {
  const { req, logged } = exchange;
  if (req.destroyed) return Promise.resolve(req.complete);
  return new Promise((resolve) => {
    req.on('data', (chunk: Buffer) => {
      logged.receivedBytes += chunk.length;
      if (take(chunk) === false) req.pause();
    });
    onBodyOver(req, resolve);
  });
}

/** Reads and forgets: a client that only reads its answer after the last byte must not meet a reset. */
export function drainBody(exchange: Exchange): Promise<boolean> {
  return readBody(exchange, () => undefined);
}

/** A body of at most `maxBytes` as text; `undefined` when it is longer or was cut. */
export async function readText(exchange: Exchange, maxBytes: number): Promise<string | undefined> {
  const body = Buffer.allocUnsafe(maxBytes);
  let bytes = 0;
  const whole = await readBody(exchange, (chunk) => {
    // Copied, not kept: in pieces of one byte each it would be a hundred times its size in memory.
    if (bytes <= maxBytes) chunk.copy(body, bytes);
    bytes += chunk.length;
    return undefined;
  });
  return whole && bytes <= maxBytes ? body.toString('utf8', 0, bytes) : undefined;
}
