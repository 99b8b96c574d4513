/** Meters the polls of one credential. Times are milliseconds of one monotonic clock. */
export interface PollBudget {
  /** How long the next poll has to wait. 0: it may go now. */
  waitMs(nowMs: number): number;
  /** Counts a poll that goes now. */
  take(nowMs: number): void;
  /** Polls left for now, for the metrics. */
  left(nowMs: number): number;
}

/** A minute, and a second for what the network does to the time between two polls. */
export const budgetWindowMs = 61_000;

/**
 * At most `perMinute` polls in any minute, counted in a sliding window. The first half of them goes at once; the
 * rest is spread over the time until the window lets go of a poll, so that a newcomer is never shut out for a minute
 * because others came in a rush.
 */
export function createPollBudget(perMinute: number): PollBudget {
  const taken: number[] = [];
  return {
    waitMs(nowMs) {
      forget(nowMs);
      return Math.max(0, nextSlotMs(taken, perMinute, nowMs) - nowMs);
    },
    take: (nowMs) => void taken.push(nowMs),
    left(nowMs) {
      forget(nowMs);
      return Math.max(0, perMinute - taken.length);
    },
  };

  function forget(nowMs: number): void {
    while (taken[0] !== undefined && taken[0] <= nowMs - budgetWindowMs) taken.shift();
  }
}

// The Lua in redis-scripts.ts computes the same: change both.
function nextSlotMs(taken: readonly number[], perMinute: number, nowMs: number): number {
  const oldest = taken[Math.max(0, taken.length - perMinute)] ?? nowMs;
  const newest = taken.at(-1) ?? nowMs;
  const left = Math.max(0, perMinute - taken.length);
  if (taken.length < perMinute / 2) return nowMs;
  return newest + (oldest + budgetWindowMs - newest) / (left + 1);
}
