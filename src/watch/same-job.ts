import type { UpstreamJob } from '../capillary/upstream-job.ts';

/** Whether two states of a job look the same to whoever watches it: every field of it is visible. */
export function sameJob(a: UpstreamJob, b: UpstreamJob): boolean {
  const fields = Object.keys(a) as (keyof UpstreamJob)[];
  return fields.length === Object.keys(b).length && fields.every((field) => Object.is(a[field], b[field]));
}
