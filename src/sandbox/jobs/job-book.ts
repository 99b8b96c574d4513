import type { RowCounts } from '../rows/row-check.ts';
import { type JobKind, jobSteps, type SandboxJob } from './job.ts';
import { storedName } from './job-names.ts';
import { createJobWalk } from './job-walk.ts';

/** An upload that has come to its end. */
export interface NewJob {
  readonly kind: JobKind;
  readonly orgId: number;
  readonly couponSeriesId: string;
  readonly fileName: string;
  readonly counts: RowCounts;
}

/** How tests control jobs. An id without a job throws a `RangeError`. */
export interface SandboxJobs {
  /** Copies of all jobs, by ascending `jobId`. */
  list(): readonly SandboxJob[];
  get(jobId: number): SandboxJob;
  /** Freezes every status until `release`. */
  hold(): void;
  release(): void;
  /** Moves a job one status further at once, even while held or out of turn. */
  advance(jobId: number): void;
  finish(jobId: number): void;
  /** Sets any text; one outside the walk stays until it is set again. */
  setStatus(jobId: number, status: string): void;
  /** The job vanishes from upstream. */
  remove(jobId: number): void;
  /** Jobs made from now on are left out of the next `lists` status lists of their series. 0 ends it. */
  hideNew(lists: number): void;
}

/** The jobs, as the calls use them. `close` stops their clocks. */
export interface JobBook {
  readonly control: SandboxJobs;
  add(job: NewJob): SandboxJob;
  /** The jobs of a series as a status call lists them. Counts as one list for `hideNew`. */
  listed(kind: JobKind, orgId: number, couponSeriesId: string): readonly SandboxJob[];
  close(): void;
}

const jobsWithErrorRows = 100;

/** All jobs of the sandbox, in memory. `stepMs` is the length of a status. */
export function createJobBook(stepMs: number, now: () => number): JobBook {
  const jobs = new Map<number, SandboxJob>();
  const series = new Map<string, Set<SandboxJob>>();
  const walk = createJobWalk(stepMs, now);
  let nextId = 222696;
  let hiddenLists = 0;

  const keyOf = (kind: JobKind, orgId: number, couponSeriesId: string) =>
    `${kind}:${orgId}:${couponSeriesId}`;

  function add(made: NewJob): SandboxJob {
    const { kind, orgId, couponSeriesId, fileName, counts } = made;
    const createdMs = now();
    const job: SandboxJob = {
      jobId: nextId++,
      kind,
      orgId,
      couponSeriesId,
      status: jobSteps[kind][0] ?? '',
      createdMs,
      updatedMs: createdMs,
      originalName: fileName,
      storedName: storedName(fileName, createdMs, couponSeriesId),
      ...counts,
      uploadTableName: null,
      errorFileUrl: null,
      hiddenLists,
    };
    jobs.set(job.jobId, job);
    const key = keyOf(kind, orgId, couponSeriesId);
    series.set(key, (series.get(key) ?? new Set()).add(job));
    const old = jobs.get(job.jobId - jobsWithErrorRows);
    if (old !== undefined) old.errorRows = [];
    walk.add(job);
    return job;
  }

  function listed(kind: JobKind, orgId: number, couponSeriesId: string): readonly SandboxJob[] {
    const all = [...(series.get(keyOf(kind, orgId, couponSeriesId)) ?? [])];
    return all.filter((job) => job.hiddenLists-- <= 0);
  }

  function known(jobId: number): SandboxJob {
    const job = jobs.get(jobId);
    if (job === undefined) throw new RangeError(`The sandbox has no job ${jobId}.`);
    return job;
  }

  const control: SandboxJobs = {
    list: () => [...jobs.values()].map((job) => ({ ...job })),
    get: (jobId) => ({ ...known(jobId) }),
    hold: walk.hold,
    release: walk.release,
    advance: (jobId) => walk.advance(known(jobId)),
    finish: (jobId) => walk.finish(known(jobId)),
    setStatus: (jobId, status) => walk.setStatus(known(jobId), status),
    remove: (jobId) => {
      const job = known(jobId);
      walk.remove(job);
      jobs.delete(jobId);
      series.get(keyOf(job.kind, job.orgId, job.couponSeriesId))?.delete(job);
    },
    hideNew: (lists) => {
      hiddenLists = lists;
    },
  };

  return { control, add, listed, close: walk.close };
}
