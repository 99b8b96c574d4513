import { CapillaryError } from '../capillary/capillary-error.ts';
import type { Credential } from '../capillary/credential.ts';
import type { ListJobsOnce } from '../capillary/list-jobs.ts';
import type { Log } from '../log.ts';
import { createFailureGrace } from './failure-grace.ts';
import { createJobBoard, type JobSink } from './job-board.ts';
import { judgeFailure } from './judge-failure.ts';
import { dueAfterReport, dueAt, dueBy, dueFirst, dueMs, notDue, type PollDue } from './poll-due.ts';
import type { PollExchange, PollKey, PollOutcome, PollReport, PollTurn } from './poll-exchange.ts';
import { createPollInterval } from './poll-interval.ts';
import type { PollScheduler, ScheduledLoop } from './poll-scheduler.ts';

/** What all loops of a watcher have in common. Times in milliseconds. */
export interface PollLoopSettings {
  readonly listJobs: ListJobsOnce;
  readonly exchange: PollExchange;
  readonly minIntervalMs: number;
  readonly maxIntervalMs: number;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** A monotonic clock. */
  readonly now: () => number;
  readonly random: () => number;
  /** Called for each poll as it starts, and for each that failed. */
  readonly onPoll: () => void;
  readonly onFailure: () => void;
}

/** What is one loop's own. */
export interface PollLoopOptions extends PollLoopSettings {
  readonly key: PollKey;
  /** The first watcher's; later watchers bring theirs. */
  readonly credential: Credential;
  readonly scheduler: PollScheduler;
  /** Called once, when nobody watches any more. */
  readonly onEnd: () => void;
}

/** The polling of one key, from its first watcher to its last. */
export interface PollLoop {
  /** Watches jobs; the states that are known already come first. Returns what ends that, also when called twice. */
  attach(jobIds: readonly string[], sink: JobSink, credential: Credential): () => void;
}

/**
 * Polls as often as its interval and the scheduler's budget allow, one poll at a time. Ends itself, with its
 * poll and its seat, as soon as its last watcher leaves.
 */
export function createPollLoop(options: PollLoopOptions): PollLoop {
  const { key, listJobs, scheduler, exchange, minIntervalMs, now, random, onPoll, onFailure, onEnd } =
    options;
  const { kind, couponSeriesId } = key;
  const board = createJobBoard();
  const interval = createPollInterval({ minMs: minIntervalMs, maxMs: options.maxIntervalMs, random });
  const grace = createFailureGrace({ key, log: options.log, now });
  const seat = exchange.join(key, { onReport: adopt, onFree: () => setDue(dueAt(now())) });
  const ending = new AbortController();
  const { signal } = ending;
  let { credential } = options;
  let due = notDue;
  let lastPollMs = Number.NEGATIVE_INFINITY;
  let polling = false;

  const scheduled: ScheduledLoop = {
    dueMs: (stretch) => dueMs(due, stretch),
    isPolling: () => polling,
    intervalMs: interval.currentMs,
    begin: () => seat.begin(),
    serve,
    fail: end,
  };
  scheduler.add(scheduled);
  // What is thrown there is a bug: it ends the watching of one series, and not the process.
  start().catch(end);

  return {
    attach(jobIds, sink, newest) {
      credential = newest;
      const detach = board.attach(jobIds, sink);
      if (board.isEmpty()) end();
      else hastenForNew();
      return () => {
        detach();
        if (board.isEmpty()) end();
      };
    },
  };

  async function start(): Promise<void> {
    const report = await seat.catchUp();
    if (signal.aborted) return;
    if (report) adopt(report, true);
    // Otherwise a report may have come in meanwhile, which is newer.
    else if (due === notDue) setDue(dueFirst(now()));
  }

  function serve(turn: PollTurn): boolean {
    if (turn.type === 'shared') adopt(turn.report);
    if (turn.type === 'busy') setDue(dueAt(now() + turn.ms));
    if (turn.type === 'poll') poll(turn.finish).catch(end);
    return turn.type === 'poll';
  }

  async function poll(finish: (report: PollReport) => Promise<boolean>): Promise<void> {
    const startedMs = now();
    polling = true;
    due = notDue;
    onPoll();
    const outcome = await ask();
    lastPollMs = now();
    if (signal.aborted || !outcome) return;
    if ('error' in outcome) onFailure();
    const pauseMs = scheduler.note(outcome, startedMs);
    if (signal.aborted) return;
    const next = pace(outcome);
    const nextInMs = dueMs(next, scheduler.stretch()) - now();
    const isNewest = await finish({ outcome, nextInMs, pauseMs });
    polling = false;
    if (signal.aborted) return;
    if (isNewest) apply(outcome);
    setDue(isNewest ? next : dueAt(now()));
    // For those who came while the result was on its way to the other replicas.
    if ('jobs' in outcome) hastenForNew();
  }

  /** `undefined` when the loop has ended. */
  async function ask(): Promise<PollOutcome | undefined> {
    try {
      return { jobs: await listJobs({ kind, couponSeriesId, credential, signal, retry: false }) };
    } catch (error) {
      if (error instanceof CapillaryError) return { error };
      // A bug, or our own abort. Other replicas are not told of a bug, and to poll on would only repeat it.
      end(error);
      return undefined;
    }
  }

  /** Takes another replica's result; an `old` one may be from before our watchers came. */
  function adopt(report: PollReport, old = false): void {
    if (signal.aborted) return;
    const { outcome } = report;
    // The replica that polled has slowed down for this refusal already: it does not count twice.
    if (!old) scheduler.note(outcome, 'error' in outcome ? Number.NEGATIVE_INFINITY : now());
    pace(outcome);
    lastPollMs = now();
    apply(outcome, old);
    setDue(dueAfterReport(report, now()));
    if ('jobs' in outcome) hastenForNew();
  }

  function apply(outcome: PollOutcome, old = false): void {
    if ('error' in outcome) return void fail(outcome.error);
    grace.renew();
    board.update(outcome.jobs, old);
    if (board.isEmpty()) end();
  }

  function fail(error: CapillaryError): void {
    // A token that is refused here serves no other series either, and those may not poll for minutes.
    if (error.code === 'UNAUTHENTICATED') scheduler.failAll(error);
    const verdict = judgeFailure(error);
    if (verdict === 'final' || (verdict === 'passing' && grace.isUsedUpBy(error))) end(error);
  }

  /** Sets the interval by what a poll brought. Returns when the next one is due. */
  function pace(outcome: PollOutcome): PollDue {
    const failed = 'error' in outcome;
    const isLively = !failed && (board.differs(outcome.jobs) || board.lacksWatched());
    const next = { ...dueAt(now()), waitMs: interval.next(isLively) };
    const graceEndsMs = grace.endsMs();
    if (!failed || graceEndsMs === undefined) return next;
    // The last try comes at the end of the grace, not up to an interval later.
    return dueBy(next, Math.max(now() + minIntervalMs, graceEndsMs));
  }

  // A job that the last list lacks is likely a new one, and its watcher has not seen any state of it yet.
  function hastenForNew(): void {
    if (!board.lacksWatched() || due === notDue) return;
    interval.shorten();
    setDue(dueBy(due, Math.max(now(), lastPollMs + minIntervalMs)));
  }

  function setDue(next: PollDue): void {
    if (signal.aborted || polling) return;
    due = next;
    scheduler.wake();
  }

  function end(error?: unknown): void {
    if (signal.aborted) return;
    ending.abort();
    scheduler.remove(scheduled);
    seat.leave();
    onEnd();
    if (error !== undefined) board.fail(error);
  }
}
