import type { CapillaryError } from '../capillary/capillary-error.ts';
import { failureGraceMs } from './failure-grace.ts';
import { judgeFailure } from './judge-failure.ts';
import { budgetWindowMs, createPollBudget } from './poll-budget.ts';
import type { PollOutcome, PollTurn } from './poll-exchange.ts';
import { createRateLimit } from './rate-limit.ts';

/** Node ends a longer timer at once. Whoever is not due yet when it ends waits for another one. */
const longestTimerMs = 2 ** 31 - 1;

/** A poll loop as its scheduler sees it. */
export interface ScheduledLoop {
  /** When it wants its next turn if intervals are now stretched by this factor; `Infinity` while it wants none. */
  dueMs(stretch: number): number;
  isPolling(): boolean;
  /** How often it would poll if it were alone. */
  intervalMs(): number;
  begin(): Promise<PollTurn>;
  /** Returns whether it polls. */
  serve(turn: PollTurn): boolean;
  fail(error: unknown): void;
}

/** Serves the poll loops of one credential at the pace of their common budget. */
export interface PollScheduler {
  add(loop: ScheduledLoop): void;
  remove(loop: ScheduledLoop): void;
  /** To be called when a loop's answers have changed. */
  wake(): void;
  /** The factor that stretches all intervals, so that the loops together stay within the budget. At least 1. */
  stretch(): number;
  /**
   * Notes what a poll came to that began at `startedMs`. Returns how long the credential pauses, because upstream limited
   * its rate; past `failureGraceMs`, fails all loops.
   */
  note(outcome: PollOutcome, startedMs: number): number;
  /** Fails all loops with what is wrong with their credential. */
  failAll(error: unknown): void;
  budgetLeft(): number;
  /** True when it can be dropped without losing count of a poll of the last minute. */
  isIdle(): boolean;
}

/** The pace of one credential. Times in milliseconds. */
export interface PollSchedulerOptions {
  readonly budgetPerMinute: number;
  /** The pause after a refusal without `Retry-After`. */
  readonly pauseMs: number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/**
 * Whoever has been due for the longest time goes first, so nobody starves. Has one timer while a loop is waiting and
 * none when the last has been removed.
 */
export function createPollScheduler(options: PollSchedulerOptions): PollScheduler {
  const { budgetPerMinute, pauseMs, now } = options;
  const budget = createPollBudget(budgetPerMinute);
  const limit = createRateLimit(pauseMs);
  const loops = new Set<ScheduledLoop>();
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let serving = false;
  let isWaking = false;

  return {
    add(loop) {
      loops.add(loop);
      wake();
    },
    remove(loop) {
      loops.delete(loop);
      wake();
    },
    wake,
    stretch,
    note(outcome, startedMs) {
      if ('jobs' in outcome) limit.relax(startedMs);
      else if (judgeFailure(outcome.error) === 'limited') return refused(outcome.error, startedMs);
      return 0;
    },
    failAll,
    budgetLeft: () => budget.left(now()),
    isIdle: () => loops.size === 0 && budget.left(now()) === budgetPerMinute && limit.waitMs(now()) === 0,
  };

  function refused(error: CapillaryError, startedMs: number): number {
    const pausedMs = limit.refuse(error.retryAfterSeconds, startedMs, now());
    if ((limit.refusedForMs(now()) ?? 0) >= failureGraceMs) failAll(error);
    return pausedMs;
  }

  function failAll(error: unknown): void {
    for (const loop of [...loops]) loop.fail(error);
  }

  function stretch(): number {
    const slotMs = budgetWindowMs / budgetPerMinute;
    let demand = 0;
    for (const loop of loops) demand += slotMs / loop.intervalMs();
    return Math.max(1, demand) * limit.stretch();
  }

  // Once for many calls: a look goes through all loops, and one subscription adds or removes hundreds.
  function wake(): void {
    if (isWaking) return;
    isWaking = true;
    queueMicrotask(() => {
      isWaking = false;
      look();
    });
  }

  function look(): void {
    if (serving) return;
    clearTimeout(timer);
    const first = earliest();
    if (!first) return;
    const nowMs = now();
    // After a refusal one poll at a time is tried, not all that have come due during the pause.
    if (limit.refusedForMs(nowMs) !== undefined && [...loops].some((loop) => loop.isPolling())) return;
    const dueInMs = Math.max(first.dueMs, notBeforeMs) - nowMs;
    const waitMs = Math.max(dueInMs, budget.waitMs(nowMs), limit.waitMs(nowMs));
    if (waitMs > 0) timer = setTimeout(wake, Math.min(Math.ceil(waitMs), longestTimerMs));
    else void serve(first.loop);
  }

  // Computed anew each time: when other loops slow down or leave, the stretch shrinks for those that wait already.
  function earliest(): { loop: ScheduledLoop; dueMs: number } | undefined {
    const stretchNow = stretch();
    let first: { loop: ScheduledLoop; dueMs: number } | undefined;
    for (const loop of loops) {
      const dueMs = loop.dueMs(stretchNow);
      if (dueMs < (first?.dueMs ?? Number.POSITIVE_INFINITY)) first = { loop, dueMs };
    }
    return first;
  }

  // One at a time, so that the budget is asked in the order of the queue; the polls themselves overlap.
  async function serve(loop: ScheduledLoop): Promise<void> {
    serving = true;
    try {
      const turn = await loop.begin();
      if (turn.type === 'wait') notBeforeMs = now() + turn.ms;
      if (loops.has(loop) && loop.serve(turn)) budget.take(now());
    } catch (error) {
      // A bug: it ends the watching of one series, and neither the others nor the process.
      loop.fail(error);
    }
    serving = false;
    wake();
  }
}
