import { failureGraceMs } from './failure-grace.ts';

/** What upstream's 429 answers mean for one credential. Times are milliseconds of one monotonic clock. */
export interface RateLimit {
  /** A poll that began at `startedMs` was refused. Returns how long nobody shall poll from now on. */
  refuse(retryAfterSeconds: number | undefined, startedMs: number, nowMs: number): number;
  /** A poll that began at `startedMs` was answered. */
  relax(startedMs: number): void;
  waitMs(nowMs: number): number;
  /** How long polls have done nothing but be refused. `undefined` when the last one was answered. */
  refusedForMs(nowMs: number): number | undefined;
  /** The factor for all intervals: 1 or more, and slowly back to 1 after refusals. */
  stretch(): number;
}

const maxStretch = 16;

/**
 * Honours `Retry-After`; without it pauses for `basePauseMs`, doubled with each refusal in a row. No pause is longer than
 * `failureGraceMs`. The intervals double with each refusal too: going on at the old pace would only earn the next one.
 */
export function createRateLimit(basePauseMs: number): RateLimit {
  let pausedAtMs = Number.NEGATIVE_INFINITY;
  let pausedUntilMs = Number.NEGATIVE_INFINITY;
  let refusedSinceMs: number | undefined;
  let refusals = 0;
  let stretch = 1;

  return {
    refuse(retryAfterSeconds, startedMs, nowMs) {
      refusedSinceMs ??= nowMs;
      // Several polls that were under way together are refused together: that is one refusal.
      if (startedMs > pausedAtMs) {
        pausedAtMs = nowMs;
        refusals += 1;
        stretch = Math.min(maxStretch, stretch * 2);
      }
      const askedMs =
        (retryAfterSeconds ?? 0) * 1000 || basePauseMs * 2 ** Math.min(10, Math.max(0, refusals - 1));
      pausedUntilMs = Math.max(pausedUntilMs, nowMs + Math.min(askedMs, failureGraceMs));
      return pausedUntilMs - nowMs;
    },
    relax(startedMs) {
      if (startedMs <= pausedAtMs) return;
      refusedSinceMs = undefined;
      refusals = 0;
      stretch = Math.max(1, stretch * 0.8);
    },
    waitMs: (nowMs) => Math.max(0, pausedUntilMs - nowMs),
    refusedForMs: (nowMs) => (refusedSinceMs === undefined ? undefined : nowMs - refusedSinceMs),
    stretch: () => stretch,
  };
}
