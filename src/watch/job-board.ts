import type { UpstreamJob } from '../capillary/upstream-job.ts';
import { sameJob } from './same-job.ts';
import { WatchError } from './watch-error.ts';

/** One watcher of some jobs of a series. */
export interface JobSink {
  /** Takes a new state. Returns true when this watcher needs no further state of the job. */
  push(job: UpstreamJob): boolean;
  fail(error: unknown): void;
}

/** The last list of one series, and who watches which of its jobs. */
export interface JobBoard {
  /**
   * Adds a watcher, and pushes the states that are known already. Returns what removes it, which may be called twice.
   */
  attach(jobIds: readonly string[], sink: JobSink): () => void;
  /** Whether this list would tell anything new. */
  differs(jobs: readonly UpstreamJob[]): boolean;
  /**
   * Takes a newer list and tells the watchers. A list that is `old`, from before they came, does not prove
   * that a job is missing.
   */
  update(jobs: readonly UpstreamJob[], old?: boolean): void;
  /** Tells every watcher, and forgets them. */
  fail(error: unknown): void;
  /** Whether a list has come that lacks a watched job. */
  lacksWatched(): boolean;
  isEmpty(): boolean;
}

/**
 * How many lists in a row must lack a job before that is believed: a list may lag behind a new job, or drop
 * one for a moment.
 */
const believedAbsences = 3;

/** Watchers that wait for a job which three lists in a row did not hold get `JOB_NOT_FOUND`. */
export function createJobBoard(): JobBoard {
  const sinks = new Map<string, Set<JobSink>>();
  const absences = new Map<string, number>();
  let known: Map<string, UpstreamJob> | undefined;

  return {
    attach(jobIds, sink) {
      // All are added before the first push: a watcher whose job is over is removed at once, and the board
      // would seem empty.
      for (const jobId of jobIds) {
        const watching = sinks.get(jobId);
        if (watching) watching.add(sink);
        else sinks.set(jobId, new Set([sink]));
      }
      for (const jobId of jobIds) {
        const job = known?.get(jobId);
        if (job) push(job, [sink]);
      }
      return () => {
        for (const jobId of jobIds) detach(jobId, sink);
      };
    },
    differs(jobs) {
      if (known?.size !== jobs.length) return true;
      return jobs.some((job) => isNews(job));
    },
    update(jobs, old = false) {
      const news = jobs.filter((job) => isNews(job));
      const next = new Map(jobs.map((job) => [job.jobId, job]));
      const missing = [...sinks.keys()].filter((jobId) => !next.has(jobId));
      for (const jobId of missing) {
        const last = known?.get(jobId);
        if (last) next.set(jobId, last);
      }
      known = next;
      for (const jobId of absences.keys()) if (!missing.includes(jobId)) absences.delete(jobId);
      for (const job of news) push(job, [...(sinks.get(job.jobId) ?? [])]);
      if (!old) for (const jobId of missing) miss(jobId);
    },
    fail(error) {
      const everyone = new Set([...sinks.values()].flatMap((watching) => [...watching]));
      sinks.clear();
      for (const sink of everyone) sink.fail(error);
    },
    lacksWatched: () =>
      known !== undefined && [...sinks.keys()].some((id) => absences.has(id) || !known?.has(id)),
    isEmpty: () => sinks.size === 0,
  };

  function isNews(job: UpstreamJob): boolean {
    const last = known?.get(job.jobId);
    return !last || !sameJob(last, job);
  }

  function push(job: UpstreamJob, to: readonly JobSink[]): void {
    for (const sink of to) if (sink.push(job)) detach(job.jobId, sink);
  }

  function miss(jobId: string): void {
    const count = (absences.get(jobId) ?? 0) + 1;
    absences.set(jobId, count);
    if (count < believedAbsences) return;
    const error = new WatchError('JOB_NOT_FOUND', `The coupon series has no upload job ${jobId}.`);
    for (const sink of [...(sinks.get(jobId) ?? [])]) {
      detach(jobId, sink);
      sink.fail(error);
    }
  }

  function detach(jobId: string, sink: JobSink): void {
    const watching = sinks.get(jobId);
    if (!watching?.delete(sink) || watching.size > 0) return;
    sinks.delete(jobId);
    absences.delete(jobId);
  }
}
