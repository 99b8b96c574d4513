import { jobSteps, type SandboxJob } from './job.ts';
import { errorFileUrl, uploadTableName } from './job-names.ts';

/** Moves jobs from status to status: one running job per org, while the others wait for it. */
export interface JobWalk {
  add(job: SandboxJob): void;
  /** Moves a job one status further at once, even out of turn. Does nothing when the job is over. */
  advance(job: SandboxJob): void;
  /** Moves a job to its last status at once. */
  finish(job: SandboxJob): void;
  /**
   * Sets any text. One that is no step of the walk parks the job: it no longer moves by itself, and holds up no other.
   */
  setStatus(job: SandboxJob, status: string): void;
  remove(job: SandboxJob): void;
  /** Stops all clocks until `release`, which starts the steps anew. */
  hold(): void;
  release(): void;
  close(): void;
}

/** `stepMs` is how long each status lasts. Timers keep no process alive. */
export function createJobWalk(stepMs: number, now: () => number): JobWalk {
  const queues = new Map<number, SandboxJob[]>();
  const timers = new Map<number, { job: SandboxJob; timer: NodeJS.Timeout }>();
  let held = false;

  function enter(job: SandboxJob, status: string): void {
    const steps = jobSteps[job.kind];
    const reached = steps.indexOf(status);
    job.status = status;
    job.updatedMs = now();
    if (reached > 0) job.uploadTableName ??= uploadTableName(job, job.updatedMs);
    const over = reached === steps.length - 1;
    if (over && job.errors > 0) job.errorFileUrl ??= errorFileUrl(job, job.updatedMs);
    if (over || reached < 0) leave(job);
    else if (!queueOf(job).includes(job)) queueOf(job).push(job);
    wind(job.orgId, job);
  }

  function queueOf(job: SandboxJob): SandboxJob[] {
    const queue = queues.get(job.orgId) ?? [];
    queues.set(job.orgId, queue);
    return queue;
  }

  function leave(job: SandboxJob): void {
    const queue = queueOf(job);
    const index = queue.indexOf(job);
    if (index >= 0) queue.splice(index, 1);
  }

  /**
   * Sets the clock of the org's first job. A clock that already runs for that job goes on, unless the job is `moved`.
   */
  function wind(orgId: number, moved?: SandboxJob): void {
    const head = held ? undefined : queues.get(orgId)?.[0];
    const running = timers.get(orgId);
    if (running !== undefined) {
      if (running.job === head && running.job !== moved) return;
      clearTimeout(running.timer);
      timers.delete(orgId);
    }
    if (head === undefined) return;
    const timer = setTimeout(() => advance(head), stepMs).unref();
    timers.set(orgId, { job: head, timer });
  }

  function advance(job: SandboxJob): void {
    const steps = jobSteps[job.kind];
    const next = steps[steps.indexOf(job.status) + 1];
    if (next !== undefined) enter(job, next);
  }

  function stop(): void {
    held = true;
    for (const orgId of queues.keys()) wind(orgId);
  }

  return {
    add: (job) => {
      queueOf(job).push(job);
      wind(job.orgId);
    },
    advance,
    finish: (job) => enter(job, jobSteps[job.kind].at(-1) ?? job.status),
    setStatus: enter,
    remove: (job) => {
      leave(job);
      wind(job.orgId, job);
    },
    hold: stop,
    release: () => {
      held = false;
      for (const orgId of queues.keys()) wind(orgId);
    },
    close: stop,
  };
}
