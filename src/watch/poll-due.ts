/** When a loop wants its next poll. Milliseconds of the watcher's clock. */
export interface PollDue {
  readonly fromMs: number;
  /** Counted from `fromMs`, and stretched with the credential's load. */
  readonly waitMs: number;
  /** Not later than this, stretched or not. */
  readonly latestMs: number;
}

const never = Number.POSITIVE_INFINITY;

/** No poll is wanted. */
export const notDue: PollDue = { fromMs: never, waitMs: 0, latestMs: never };

/** Due at this time, whatever the load. */
export function dueAt(ms: number): PollDue {
  return { fromMs: ms, waitMs: 0, latestMs: never };
}

/** When the poll is due, if waits are now stretched by this factor. */
export function dueMs({ fromMs, waitMs, latestMs }: PollDue, stretch: number): number {
  return Math.min(fromMs + waitMs * stretch, latestMs);
}
