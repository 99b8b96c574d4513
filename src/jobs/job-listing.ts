import type { UploadJob, UploadJobStatus } from './upload-job.ts';

/** The jobs of a series, newest first. */
export interface JobListing {
  /** All, or those in one of these statuses. */
  jobs(status?: readonly UploadJobStatus[]): readonly UploadJob[];
  /** The position of a job among all. `undefined`: the series has no such job. */
  positionOf(id: string): number | undefined;
}

/** One list for each kind, so one or two, each by ascending job id. */
export type JobLists = readonly (readonly UploadJob[])[];

const known = new WeakMap<readonly UploadJob[], WeakMap<readonly UploadJob[], JobListing>>();

/**
 * Merges the lists, once for as long as both exist: one operation may ask for thousands of pages of the same
 * series, which may have thousands of jobs.
 */
export function jobListing([one = [], other = one]: JobLists): JobListing {
  const ofOne = known.get(one) ?? new WeakMap<readonly UploadJob[], JobListing>();
  known.set(one, ofOne);
  const listing = ofOne.get(other) ?? createListing(one === other ? one.toReversed() : merge(one, other));
  ofOne.set(other, listing);
  return listing;
}

function createListing(all: readonly UploadJob[]): JobListing {
  const filtered = new Map<string, readonly UploadJob[]>();
  let positions: Map<string, number> | undefined;
  return {
    jobs(status) {
      if (!status) return all;
      const wanted = new Set(status);
      const name = [...wanted].sort().join();
      const jobs = filtered.get(name) ?? all.filter((job) => wanted.has(job.status));
      filtered.set(name, jobs);
      return jobs;
    },
    positionOf(id) {
      positions ??= new Map(all.map((job, position) => [job.id, position]));
      return positions.get(id);
    },
  };
}

/**
 * Within a kind the job id gives the order, never the time, which the redeemed list rounds to days. Between
 * kinds, whose ids are counted separately, the time is all there is.
 */
function merge(one: readonly UploadJob[], other: readonly UploadJob[]): readonly UploadJob[] {
  const all: UploadJob[] = [];
  const [oneMs, otherMs] = [risingTimes(one), risingTimes(other)];
  let [left, right] = [one.length - 1, other.length - 1];
  while (left >= 0 || right >= 0) {
    const isRight = left < 0 || (right >= 0 && (otherMs[right] ?? 0) > (oneMs[left] ?? 0));
    all.push((isRight ? other[right--] : one[left--]) as UploadJob);
  }
  return all;
}

/**
 * When each job was made; none before those of lower ids. So a new job changes nothing in the order of the others, even
 * when upstream's clock was set back: a reader who is between two pages would miss some of them.
 */
function risingTimes(jobs: readonly UploadJob[]): readonly number[] {
  let latestMs = 0;
  return jobs.map(({ upstream }) => {
    latestMs = Math.max(latestMs, upstream.createdOnMs);
    return latestMs;
  });
}
