import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../../errors.ts';
import { deferred } from '../../flow/deferred.ts';
import { createGrowingBuffer } from '../../flow/growing-buffer.ts';
import { onAbort } from '../../flow/on-abort.ts';

/** An operation without its files is never larger. */
const maxBytes = 1024 * 1024;

/** How long to wait. */
export interface ReadTextOptions {
  /** For the whole body. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Reads a small request body as UTF-8. Rejects with `GatewayError`, or with the signal's reason; the listener
 * then drains the rest of the body.
 */
export async function readText(req: IncomingMessage, options: ReadTextOptions): Promise<string> {
  const { timeoutMs, signal } = options;
  if (Number(req.headers['content-length']) > maxBytes) throw tooLarge();
  signal.throwIfAborted();
  const body = createGrowingBuffer(maxBytes);
  const { promise, resolve, reject } = deferred();
  const onData = (chunk: Buffer) => {
    if (body.byteLength + chunk.length > maxBytes) reject(tooLarge());
    else body.append(chunk);
  };
  const timer = setTimeout(() => {
    reject(new GatewayError('REQUEST_TIMEOUT', `The request body did not arrive within ${timeoutMs} ms.`));
  }, timeoutMs);
  const stopListening = onAbort(signal, reject);
  req.on('data', onData).once('end', resolve).once('error', reject);
  try {
    await promise;
    return decode(body.bytes());
  } finally {
    clearTimeout(timer);
    stopListening();
    req.off('data', onData).off('end', resolve).off('error', reject);
  }
}

/** Drops the byte order mark that some clients send. Invalid UTF-8 is refused: it would silently become other text. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new GatewayError('BAD_REQUEST', 'The request body is not valid UTF-8.');
  }
}

function tooLarge(): GatewayError {
  const message = `A body that is not multipart/form-data may have ${maxBytes} bytes at most.`;
  return new GatewayError('PAYLOAD_TOO_LARGE', message);
}
