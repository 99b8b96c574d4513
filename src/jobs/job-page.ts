import { GatewayError } from '../errors.ts';
import type { UploadJob, UploadJobStatus } from './upload-job.ts';

export const maxPageSize = 500;
/** Where `first` is left out, or null. */
export const defaultPageSize = 20;

export interface JobPageRequest {
  /** One list a kind, so one or two, each in ascending job ids. */
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
  const wantedStatus = status && new Set(status);
  const wanted = (job: UploadJob) => wantedStatus?.has(job.status) ?? true;
  // A cursor's job may have left the filter since: its place is sought among all.
  const start = after === undefined ? 0 : placeAfter(all, after);
  const rest = status ? all.slice(start).filter(wanted) : all.slice(start);
  return {
    jobs: rest.slice(0, first),
    totalCount: status ? all.filter(wanted).length : all.length,
    hasNextPage: rest.length > first,
    hasPreviousPage: status ? all.slice(0, start).some(wanted) : start > 0,
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

const merged = new WeakMap<readonly UploadJob[], WeakMap<readonly UploadJob[], readonly UploadJob[]>>();

/** Kept for as long as both lists: one operation may ask for thousands of pages of the same series. */
function newestFirst(lists: JobPageRequest['lists']): readonly UploadJob[] {
  const [one = [], other = []] = lists;
  if (lists.length < 2) return one.toReversed();
  const known = merged.get(one) ?? new WeakMap();
  const all = known.get(other) ?? mergeNewestFirst(one, other);
  merged.set(one, known.set(other, all));
  return all;
}

/**
 * Within a kind the job id tells the order, never the time, which the redeemed list gives as a day. Between the kinds,
 * whose ids are counted apart, the time is all there is.
 */
function mergeNewestFirst(one: readonly UploadJob[], other: readonly UploadJob[]): readonly UploadJob[] {
  const all: UploadJob[] = [];
  let [left, right] = [one.length - 1, other.length - 1];
  while (left >= 0 || right >= 0) {
    const isRight = left < 0 || (right >= 0 && createdOn(other[right]) > createdOn(one[left]));
    all.push((isRight ? other[right--] : one[left--]) as UploadJob);
  }
  return all;
}

function createdOn(job: UploadJob | undefined): number {
  return job?.upstream.createdOnMs ?? 0;
}
