import type { UpstreamJob } from '../capillary/upstream-job.ts';
import { sameJob } from './same-job.ts';
import { WatchError } from './watch-error.ts';

/** One watcher of some jobs of a series. */
export interface JobSink {
  /** A new state. `true` when it is the last one that this watcher needs of the job. */
  push(job: UpstreamJob): boolean;
  fail(error: unknown): void;
}

/** The last list of one series, and who watches which of its jobs. */
export interface JobBoard {
  /** Hands out the states that are known already. Returns the way out, which may be taken twice. */
  attach(jobIds: readonly string[], sink: JobSink): () => void;
  /** Whether this list would tell anything new. */
  differs(jobs: readonly UpstreamJob[]): boolean;
  /** Takes a newer list and tells the watchers. An `old` list, from before they came, proves no absence. */
  update(jobs: readonly UpstreamJob[], old?: boolean): void;
  /** Tells every watcher, and forgets them. */
  fail(error: unknown): void;
  /** Whether a list has come in which a watched job was not. */
  lacksWatched(): boolean;
  isEmpty(): boolean;
}

/** A list may lag behind a job that was just made, or drop one for a moment: so many in a row are believed. */
const believedAbsences = 3;

/** Watchers that wait for a job which three lists in a row did not hold get `JOB_NOT_FOUND`. */
export function createJobBoard(): JobBoard {
  const sinks = new Map<string, Set<JobSink>>();
  const absences = new Map<string, number>();
  let known: Map<string, UpstreamJob> | undefined;

  return {
    attach(jobIds, sink) {
      // All of them before the first push: a job that is over lets go at once, and the board would seem empty.
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
