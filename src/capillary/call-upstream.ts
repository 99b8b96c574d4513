import { type Dispatcher, request } from 'undici';
import { onAbort } from '../flow/on-abort.ts';
import { rejectOnAbort } from '../flow/reject-on-abort.ts';
import { CapillaryError } from './capillary-error.ts';
import { readBody } from './read-body.ts';
import { toCapillaryError } from './to-capillary-error.ts';
import { type UpstreamAnswer, wantedAnswer } from './upstream-answer.ts';

/** A read, or the token call: their bodies are short texts. Uploads go through `send-upload.ts`. */
export interface UpstreamRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly dispatcher: Dispatcher;
  /** For the whole exchange: waiting for a connection, connecting, headers and body. */
  readonly timeoutMs: number;
  /** Default 64 MiB: the job list has no paging. */
  readonly maxBodyBytes?: number | undefined;
  /** Passed on to the answer, see there. */
  readonly secrets?: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/**
 * One HTTP exchange, its body read to the end. Resolves whatever the status is; redirects are not followed. Rejects
 * with `CapillaryError` `UPSTREAM_UNAVAILABLE`, `UPSTREAM_TIMEOUT` or, for a body past `maxBodyBytes`,
 * `UPSTREAM_INVALID_RESPONSE`; after an abort with the signal's own reason.
 */
export async function callUpstream(exchange: UpstreamRequest): Promise<UpstreamAnswer> {
  const { signal, timeoutMs } = exchange;
  signal.throwIfAborted();
  const controller = new AbortController();
  const stopListening = onAbort(signal, (reason) => controller.abort(reason));
  const timer = setTimeout(() => controller.abort(timeoutError(timeoutMs)), timeoutMs);
  try {
    // undici notices an abort only once it has a connection: a request that waits for one would go on waiting.
    return await Promise.race([readExchange(exchange, controller.signal), rejectOnAbort(controller.signal)]);
  } catch (error) {
    throw toCapillaryError(error, signal);
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}

async function readExchange(exchange: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer> {
  const { url, method, headers, body, dispatcher, secrets, maxBodyBytes = 64 * 1024 * 1024 } = exchange;
  const answer = await request(url, {
    method,
    headers: { ...wantedAnswer, ...headers },
    body: body ?? null,
    dispatcher,
    signal,
    // The one timer above covers every phase.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return readBody(answer, maxBodyBytes, secrets);
}

function timeoutError(timeoutMs: number): CapillaryError {
  return new CapillaryError('UPSTREAM_TIMEOUT', `Capillary did not answer within ${timeoutMs} ms.`);
}
