import { onBodyOver } from '../http/on-body-over.ts';
import type { Exchange } from './exchange.ts';

/**
 * Reads a request body to its end, and hands every chunk to `take`; if that returns false, the flow stops
 * until `exchange.req.resume()`. Resolves to false when the connection broke before the end.
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

/** Reads a body and drops it: a client that reads its answer only after its last byte must not meet a reset. */
export function drainBody(exchange: Exchange): Promise<boolean> {
  return readBody(exchange, () => undefined);
}

/** A body of at most `maxBytes` as text; `undefined` when it is longer or was cut. */
export async function readText(exchange: Exchange, maxBytes: number): Promise<string | undefined> {
  const body = Buffer.allocUnsafe(maxBytes);
  let bytes = 0;
  const whole = await readBody(exchange, (chunk) => {
    // Copied, not kept: in pieces of one byte each the body would take a hundred times its size.
    if (bytes <= maxBytes) chunk.copy(body, bytes);
    bytes += chunk.length;
    return undefined;
  });
  return whole && bytes <= maxBytes ? body.toString('utf8', 0, bytes) : undefined;
}
