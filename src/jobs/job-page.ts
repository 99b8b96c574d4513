import { GatewayError } from '../errors.ts';
import type { UploadJob, UploadJobStatus } from './upload-job.ts';

export const maxPageSize = 500;

export interface JobPageRequest {
  /** One list a kind, each in ascending job ids. */
  readonly lists: readonly (readonly UploadJob[])[];
  readonly status: readonly UploadJobStatus[] | undefined;
  readonly first: number;
  readonly after: string | undefined;
}

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
  const all = newestFirst(lists);
  const wanted = (job: UploadJob) => !status || status.includes(job.status);
  // A cursor's job may have left the filter since: its place is sought among all.
  const start = after === undefined ? 0 : placeAfter(all, after);
  const rest = all.slice(start).filter(wanted);
  return {
    jobs: rest.slice(0, first),
    totalCount: all.filter(wanted).length,
    hasNextPage: rest.length > first,
    hasPreviousPage: all.slice(0, start).some(wanted),
  };
}

export function jobCursor(job: UploadJob): string {
  return Buffer.from(job.id).toString('base64url');
}

function placeAfter(jobs: readonly UploadJob[], cursor: string): number {
  const id = Buffer.from(cursor, 'base64url').toString();
  const place = jobs.findIndex((job) => job.id === id);
  if (place < 0) {
    throw new GatewayError('BAD_USER_INPUT', '"after" is no cursor of this list. Begin again without it.');
  }
  return place + 1;
}

/**
 * Within a kind the job id tells the order, never the time, which the redeemed list gives as a day. Between the kinds,
 * whose ids are counted apart, the time is all there is.
 */
function newestFirst(lists: JobPageRequest['lists']): readonly UploadJob[] {
  const queues = lists.map((list) => [...list]);
  const merged: UploadJob[] = [];
  for (;;) {
    const heads = queues.filter((queue) => queue.length > 0);
    if (heads.length === 0) return merged;
    const newest = heads.reduce((a, b) => (createdOn(b) > createdOn(a) ? b : a));
    merged.push(newest.pop() as UploadJob);
  }
}

function createdOn(queue: readonly UploadJob[]): number {
  return queue.at(-1)?.upstream.createdOnMs ?? 0;
}
