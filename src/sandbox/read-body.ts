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
  const chunks: Buffer[] = [];
  const whole = await readBody(exchange, (chunk) => {
    if (exchange.logged.receivedBytes <= maxBytes) chunks.push(chunk);
    return undefined;
  });
  return whole && exchange.logged.receivedBytes <= maxBytes
    ? Buffer.concat(chunks).toString('utf8')
    : undefined;
}
