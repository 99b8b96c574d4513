import type { JobListRef, JobRef } from '../capillary/upstream-job.ts';

/** Jobs that one upstream list holds. */
export interface SeriesGroup extends JobListRef {
  /** Each once. */
  readonly jobIds: ReadonlySet<string>;
}

/** A group for each kind and series, in the order in which they are first named. */
export function groupBySeries(refs: readonly JobRef[]): SeriesGroup[] {
  const groups = new Map<string, SeriesGroup & { readonly jobIds: Set<string> }>();
  for (const { kind, couponSeriesId, jobId } of refs) {
    const name = `${kind} ${couponSeriesId}`;
    const group = groups.get(name) ?? { kind, couponSeriesId, jobIds: new Set() };
    groups.set(name, group);
    group.jobIds.add(jobId);
  }
  return [...groups.values()];
}
