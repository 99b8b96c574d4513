import type { PollReport } from './poll-exchange.ts';

/** When a loop wants its next poll. Milliseconds of the watcher's clock. */
export interface PollDue {
  readonly fromMs: number;
  /** Counted from `fromMs`, and stretched with the credential's load. */
  readonly waitMs: number;
  /** Not later than this, stretched or not. */
  readonly latestMs: number;
}

const never = Number.POSITIVE_INFINITY;
/** The first poll of a loop goes before later ones of others, unless these have been due for longer than this. */
const newcomersCreditMs = 60_000;
/** A replica that heard of a poll waits this much longer than the one that made it, which so remains the poller. */
const listenersSlack = 1.2;
/** After a failure the other replicas go first: the fault may be in the poller's own network. */
const helpersHaste = 0.8;

/** No poll is wanted. */
export const notDue: PollDue = { fromMs: never, waitMs: 0, latestMs: never };

/** Due at this time, whatever the load. */
export function dueAt(ms: number): PollDue {
  return { fromMs: ms, waitMs: 0, latestMs: never };
}

/** When the first poll of a loop is due. */
export function dueFirst(nowMs: number): PollDue {
  return dueAt(nowMs - newcomersCreditMs);
}

/** When this replica is due after another one's poll. */
export function dueAfterReport({ outcome, nextInMs }: PollReport, nowMs: number): PollDue {
  return dueAt(nowMs + nextInMs * ('error' in outcome ? helpersHaste : listenersSlack));
}

/** The same, but not later than `ms`. */
export function dueBy(due: PollDue, ms: number): PollDue {
  return { ...due, latestMs: Math.min(due.latestMs, ms) };
}

/** When the poll is due, if waits are now stretched by this factor. */
export function dueMs({ fromMs, waitMs, latestMs }: PollDue, stretch: number): number {
  return Math.min(fromMs + waitMs * stretch, latestMs);
}
