import { delay as realDelay } from '../flow/delay.ts';
import { CapillaryError } from './capillary-error.ts';

/** How patiently reads are repeated. All times in milliseconds. */
export interface RetryOptions {
  /** Calls altogether, the first included. Default 4. */
  readonly attempts?: number | undefined;
  /** The pause is random, up to 200 at first and twice as much each time, but never more than this. Default 5,000. */
  readonly maxDelayMs?: number | undefined;
  /** 0 to 1. */
  readonly random?: (() => number) | undefined;
  readonly delay?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
  /** A monotonic clock. */
  readonly now?: (() => number) | undefined;
}

const baseDelayMs = 200;
/** A longer `Retry-After` is not waited for: the caller hears it at once. */
const maxRetryAfterMs = 5_000;
/** No attempt begins later than this after the first: so an answer comes within this plus the timeout of one call. */
const maxTotalMs = 10_000;

/**
 * Repeats an idempotent call while it fails for a passing reason: a broken connection, 429, 502, 503 (4001
 * included) or 504, and a timeout once. Waits as `Retry-After` says, else for a random time ("full jitter"). Rejects
 * with the last error; after an abort with the signal's own reason.
 */
export async function retryReads<T>(
  call: () => Promise<T>,
  options: RetryOptions & { readonly signal: AbortSignal },
): Promise<T> {
  const { signal, attempts = 4, delay = realDelay, now = () => performance.now() } = options;
  const lastStartMs = now() + maxTotalMs;
  let timeouts = 0;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (signal.aborted || attempt >= attempts || !isPassing(error)) throw error;
      if (error.code === 'UPSTREAM_TIMEOUT') timeouts += 1;
      const waitMs = pauseMs(error, attempt, options);
      if (timeouts > 1 || waitMs === undefined || now() + waitMs > lastStartMs) throw error;
      await delay(waitMs, signal);
    }
  }
}

function isPassing(error: unknown): error is CapillaryError {
  if (!(error instanceof CapillaryError)) return false;
  if (error.code === 'RATE_LIMITED' || error.code === 'UPSTREAM_TIMEOUT') return true;
  return error.code === 'UPSTREAM_UNAVAILABLE' && [undefined, 502, 503, 504].includes(error.httpStatus);
}

/** `undefined`: longer than anyone should wait here. */
function pauseMs(error: CapillaryError, attempt: number, options: RetryOptions): number | undefined {
  const { maxDelayMs = 5_000, random = Math.random } = options;
  if (error.retryAfterSeconds === undefined) {
    return random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
  }
  const retryAfterMs = error.retryAfterSeconds * 1000;
  // Never earlier than asked for, and slightly spread: everyone who was turned away got the same number.
  return retryAfterMs > maxRetryAfterMs ? undefined : retryAfterMs + random() * baseDelayMs;
}
