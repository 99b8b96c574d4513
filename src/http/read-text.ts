import type { IncomingMessage } from 'node:http';
import { createGrowingBuffer } from '../capillary/growing-buffer.ts';
import { GatewayError } from '../errors.ts';

export interface ReadTextOptions {
  /** Default 1 MiB: an operation without its files is never larger. */
  readonly maxBytes?: number;
  /** For the whole body. Default 30,000. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** Reads a small request body as UTF-8. Rejects with `GatewayError`; the rest of the body is then the listener's to drain. */
export async function readText(req: IncomingMessage, options: ReadTextOptions): Promise<string> {
  const { maxBytes = 1024 * 1024, timeoutMs = 30_000, signal } = options;
  if (Number(req.headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
  signal.throwIfAborted();
  const body = createGrowingBuffer(maxBytes);
  const { promise, resolve, reject } = deferred<void>();
  const onData = (chunk: Buffer) => {
    if (body.byteLength + chunk.length > maxBytes) reject(tooLarge(maxBytes));
    else body.append(chunk);
  };
  const onAbort = () => reject(signal.reason);
  const timer = setTimeout(() => {
    reject(new GatewayError('REQUEST_TIMEOUT', `The request body did not arrive within ${timeoutMs} ms.`));
  }, timeoutMs);
  signal.addEventListener('abort', onAbort, { once: true });
  req.on('data', onData).once('end', resolve).once('error', reject);
  try {
    await promise;
    return decode(body.bytes());
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    req.off('data', onData).off('end', resolve).off('error', reject);
  }
}

/** Without the mark that some clients put before it. What is no UTF-8 would become other text without a word. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new GatewayError('BAD_REQUEST', 'The request body is not valid UTF-8.');
  }
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError('PAYLOAD_TOO_LARGE', `A request without files may have ${maxBytes} bytes at most.`);
}

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
