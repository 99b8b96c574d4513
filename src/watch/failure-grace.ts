import type { CapillaryError } from '../capillary/capillary-error.ts';
import type { Log } from '../log.ts';
import type { PollKey } from './poll-exchange.ts';

/**
 * How long failures that may pass are polled through, and refusals because of the rate. Also the longest pause after one
 * of these.
 */
export const failureGraceMs = 120_000;

/** Whether the polls of one key have gone on failing for too long. */
export interface FailureGrace {
  /** A poll has failed for such a reason. Returns whether this has lasted too long. */
  isUsedUpBy(error: CapillaryError): boolean;
  /** A poll was answered. */
  renew(): void;
  /** When the grace ends, on the clock given. `undefined` while polls are answered. */
  endsMs(): number | undefined;
}

/** Logs the first failure, that polls work again, and the end of the grace. */
export function createFailureGrace(options: {
  readonly key: PollKey;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}): FailureGrace {
  const { log, now } = options;
  const { kind, couponSeriesId } = options.key;
  let endsMs: number | undefined;

  return {
    isUsedUpBy({ code, requestId }) {
      if (endsMs === undefined) {
        endsMs = now() + failureGraceMs;
        log.warn({ kind, couponSeriesId, code, requestId }, 'polling fails and goes on');
      }
      if (now() < endsMs) return false;
      log.warn({ kind, couponSeriesId, code, requestId }, 'polling has failed for too long');
      return true;
    },
    renew() {
      if (endsMs !== undefined) log.info({ kind, couponSeriesId }, 'polling works again');
      endsMs = undefined;
    },
    endsMs: () => endsMs,
  };
}
