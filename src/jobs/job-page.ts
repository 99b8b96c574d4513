import { GatewayError } from '../errors.ts';
import { type JobListing, type JobLists, jobListing } from './job-listing.ts';
import type { UploadJob, UploadJobStatus } from './upload-job.ts';

/** The most that `first` may ask for. */
export const maxPageSize = 500;
/** Used where `first` is left out or null. */
export const defaultPageSize = 20;

/** The page that is asked for. `status` undefined: all. */
export interface JobPageRequest {
  readonly lists: JobLists;
  readonly status: readonly UploadJobStatus[] | undefined;
  readonly first: number;
  readonly after: string | undefined;
}

/** One page of jobs. `totalCount` counts all that have the wanted status. */
export interface JobPage {
  readonly jobs: readonly UploadJob[];
  readonly totalCount: number;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** A page of a series' jobs, newest first. Throws `GatewayError` `BAD_USER_INPUT` for a wrong size or cursor. */
export function jobPage({ lists, status, first, after }: JobPageRequest): JobPage {
  if (first < 0 || first > maxPageSize) {
    throw new GatewayError('BAD_USER_INPUT', `"first" must be from 0 to ${maxPageSize}, but is ${first}.`);
  }
  const listing = jobListing(lists);
  const jobs = listing.jobs(status);
  const start = after === undefined ? 0 : startAfter(after, listing, jobs);
  return {
    jobs: jobs.slice(start, start + first),
    totalCount: jobs.length,
    hasNextPage: jobs.length > start + first,
    hasPreviousPage: start > 0,
  };
}

/** The cursor of a job, for `after`. Valid for as long as the job is listed, whatever is added before it. */
export function jobCursor(job: UploadJob): string {
  return Buffer.from(job.id).toString('base64url');
}

/**
 * The cursor's job may no longer match the filter: so its position is looked up among all jobs, and then the
 * first match behind it.
 */
function startAfter(cursor: string, listing: JobListing, jobs: readonly UploadJob[]): number {
  const id = Buffer.from(cursor, 'base64url').toString();
  const position = listing.positionOf(id);
  if (position === undefined) {
    throw new GatewayError('BAD_USER_INPUT', '"after" is not a cursor of this list. Start again without it.');
  }
  let [start, end] = [0, jobs.length];
  while (start < end) {
    const middle = (start + end) >> 1;
    if ((listing.positionOf(jobs[middle]?.id ?? '') ?? 0) > position) end = middle;
    else start = middle + 1;
  }
  return start;
}
