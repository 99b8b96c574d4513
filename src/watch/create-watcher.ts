import type { Credential } from '../capillary/credential.ts';
import type { ListJobsOnce } from '../capillary/list-jobs.ts';
import type { JobRef, UpstreamJob } from '../capillary/upstream-job.ts';
import { onAbort } from '../flow/on-abort.ts';
import { createTally } from '../flow/tally.ts';
import { type Log, silentLog } from '../log.ts';
import { groupBySeries, type SeriesGroup } from './group-by-series.ts';
import type { JobSink } from './job-board.ts';
import { createLatestIterator, type LatestIterator } from './latest-iterator.ts';
import { createLocalExchange } from './local-exchange.ts';
import { createPerCredential } from './per-credential.ts';
import { pollDefaults } from './poll-defaults.ts';
import type { PollExchange } from './poll-exchange.ts';
import { createPollLoop, type PollLoopSettings } from './poll-loop.ts';
import { createPollLoops } from './poll-loops.ts';
import { createPollScheduler } from './poll-scheduler.ts';
import { takePoll } from './take-poll.ts';
import { WatchError } from './watch-error.ts';
import type { WatchStats } from './watch-stats.ts';

/** What watching may cost. Times in milliseconds. Intervals and budget: `pollDefaults` unless given. */
export interface WatcherOptions {
  readonly listJobs: ListJobsOnce;
  /** Whether this state of a job is final. */
  readonly isTerminal: (job: UpstreamJob) => boolean;
  /** The interval after a change. */
  readonly pollMinIntervalMs?: number | undefined;
  /** The interval that is reached while nothing changes. */
  readonly pollMaxIntervalMs?: number | undefined;
  /** Polls of all series of one credential together, in any minute. */
  readonly pollBudgetPerMinute?: number | undefined;
  /** How many calls of `watch` may be open at once under one credential. Default: any number. */
  readonly maxPerCredential?: number | undefined;
  /** How replicas share their polls. Default: this process polls alone. */
  readonly exchange?: PollExchange | undefined;
  readonly log?: Pick<Log, 'info' | 'warn'> | undefined;
  /** Milliseconds of a monotonic clock. */
  readonly now?: (() => number) | undefined;
  /** 0 to 1, for the jitter. */
  readonly random?: (() => number) | undefined;
}

/** Watches jobs for all subscriptions of a process. */
export interface Watcher {
  /**
   * Emits the state of each job now, then each change. It is done when all jobs are terminal, after `close()`, and at
   * once when `signal` aborts or `return()` is called. A slow consumer gets only the latest state of each job. `next()`
   * rejects with `CapillaryError`, or with `WatchError`. Watching starts with this call: end it in one of these ways.
   */
  watch(
    refs: readonly JobRef[],
    credential: Credential,
    signal: AbortSignal,
  ): AsyncIterableIterator<UpstreamJob>;
  /**
   * Waits until the budget of polls has room for one more call, which the caller then makes, and counts it. Rejects
   * with the signal's reason, with what is wrong with the credential, or with `WatchError` after `close()`.
   */
  takePoll(credential: Credential, signal: AbortSignal): Promise<void>;
  stats(): WatchStats;
  /** Ends every iterator as done, and takes no more. May be called twice. */
  close(): void;
}

/** How many series (of a kind) are watched at once under one credential, each by a loop of its own. */
const maxSeriesPerCredential = 1_000;

/**
 * Watches upload jobs with one poll loop for each (credential, kind, series), however many watch it. Nothing is shared
 * between credentials whose `id` differs: not a loop, not a call, not a kept state.
 */
export function createWatcher(options: WatcherOptions): Watcher {
  const { listJobs, isTerminal, exchange = createLocalExchange(), log = silentLog } = options;
  const { pollMinIntervalMs: minIntervalMs = pollDefaults.minIntervalMs } = options;
  const { pollMaxIntervalMs: maxIntervalMs = pollDefaults.maxIntervalMs } = options;
  const { pollBudgetPerMinute: budgetPerMinute = pollDefaults.budgetPerMinute } = options;
  const { maxPerCredential = Number.POSITIVE_INFINITY } = options;
  const { now = () => performance.now(), random = Math.random } = options;
  const schedulers = createPerCredential(() =>
    createPollScheduler({ budgetPerMinute, pauseMs: maxIntervalMs, now }),
  );
  const watching = new Set<LatestIterator<UpstreamJob>>();
  const openById = createTally();
  const counts = { polls: 0, failedPolls: 0 };
  let closed = false;

  const settings: PollLoopSettings = {
    listJobs,
    exchange,
    minIntervalMs,
    maxIntervalMs,
    log,
    now,
    random,
    onPoll() {
      counts.polls += 1;
    },
    onFailure() {
      counts.failedPolls += 1;
    },
  };
  const loops = createPollLoops((own) =>
    createPollLoop({ ...settings, ...own, scheduler: schedulers.get(own.key.credentialId) }),
  );

  return {
    watch(refs, credential, signal) {
      const groups = groupBySeries(refs);
      const releases: (() => void)[] = [];
      const iterator = createLatestIterator<UpstreamJob>(() => {
        watching.delete(iterator);
        for (const release of releases.splice(0)) release();
      });
      if (closed) iterator.fail(goingAway());
      else if (signal.aborted || groups.length === 0) iterator.complete();
      else if (openById.count(credential.id) >= maxPerCredential) iterator.fail(tooMany(maxPerCredential));
      else if (loops.countWith(groups, credential.id) > maxSeriesPerCredential)
        iterator.fail(tooManySeries());
      else {
        watching.add(iterator);
        releases.push(openById.enter(credential.id));
        releases.push(onAbort(signal, () => void iterator.return()));
        subscribe(groups, credential, iterator, releases);
      }
      return iterator;
    },
    async takePoll({ id }, signal) {
      if (closed) throw goingAway();
      await takePoll(schedulers.get(id), now(), signal);
    },
    stats() {
      const busy = schedulers.all();
      return {
        ...counts,
        watchers: watching.size,
        loops: loops.count(),
        credentials: busy.length,
        // There may be more of them than a function takes arguments.
        lowestBudgetLeft: busy.reduce((lowest, one) => Math.min(lowest, one.budgetLeft()), budgetPerMinute),
        exchange: exchange.state(),
      };
    },
    close() {
      closed = true;
      for (const iterator of [...watching]) iterator.complete();
      // All loops have ended with their iterators: what still waits in line came by `takePoll`.
      for (const scheduler of schedulers.all()) scheduler.failAll(goingAway());
    },
  };

  function subscribe(
    groups: readonly SeriesGroup[],
    credential: Credential,
    iterator: LatestIterator<UpstreamJob>,
    releases: (() => void)[],
  ): void {
    let openJobs = groups.reduce((sum, group) => sum + group.jobIds.size, 0);
    for (const { kind, couponSeriesId, jobIds } of groups) {
      const sink: JobSink = {
        push(job) {
          iterator.push(`${kind} ${couponSeriesId} ${job.jobId}`, job);
          if (!isTerminal(job)) return false;
          openJobs -= 1;
          if (openJobs === 0) iterator.complete();
          return true;
        },
        fail: iterator.fail,
      };
      const loop = loops.get({ credentialId: credential.id, kind, couponSeriesId }, credential);
      // Where states that were known already have ended the iterator, it is detached from all of these jobs.
      releases.push(loop.attach([...jobIds], sink, credential));
    }
  }
}

function goingAway(): WatchError {
  return new WatchError('SHUTTING_DOWN', 'This instance is shutting down.');
}

function tooMany(maxPerCredential: number): WatchError {
  const message = `${maxPerCredential} subscriptions are open with this token, and more are not accepted.`;
  return new WatchError('RATE_LIMITED', message, 5);
}

function tooManySeries(): WatchError {
  const message = `Jobs of ${maxSeriesPerCredential} coupon series can be watched at once with this token, and these would be more.`;
  return new WatchError('RATE_LIMITED', message, 5);
}
