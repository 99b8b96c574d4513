import { describe, expect, test } from 'vitest';
import type { UploadKind } from '../src/capillary/upstream-job.ts';
import type { JobLists } from '../src/jobs/job-listing.ts';
import { jobCursor, jobPage } from '../src/jobs/job-page.ts';
import { toUploadJob, type UploadJob } from '../src/jobs/upload-job.ts';
import { job } from './support/watch-upstream.ts';

/** A list of one kind, each second job finished, made at the same pace. */
function listOf(kind: 'COUPON_BATCH' | 'REDEEMED_COUPONS', count: number): UploadJob[] {
  return Array.from({ length: count }, (_, at) =>
    toUploadJob(job(String(at + 1), at % 2 ? 'FINISHED' : 'STARTED', { kind, createdOnMs: at })),
  );
}

const request = { status: undefined, first: 3, after: undefined };

describe('Pages of a series', () => {
  test('go on right behind a cursor, wherever it stands and whatever is filtered', () => {
    const lists = [listOf('COUPON_BATCH', 9), listOf('REDEEMED_COUPONS', 6)];
    const { jobs: all } = jobPage({ ...request, lists, first: 500 });
    expect(all).toHaveLength(15);
    for (const status of [undefined, ['FINISHED'], ['STARTED', 'FINISHED'], ['FAILED']] as const) {
      for (const [place, job] of all.entries()) {
        const wanted = (each: UploadJob) => !status || (status as readonly string[]).includes(each.status);
        const rest = all.slice(place + 1).filter(wanted);
        expect(jobPage({ ...request, lists, status, after: jobCursor(job) })).toEqual({
          jobs: rest.slice(0, 3),
          totalCount: all.filter(wanted).length,
          hasNextPage: rest.length > 3,
          hasPreviousPage: all.slice(0, place + 1).some(wanted),
        });
      }
    }
  });

  test("keep the order of the jobs when a newer one seems older, since upstream's clock was set back", () => {
    const made = (kind: UploadKind, ...times: readonly number[]) =>
      times.map((createdOnMs, at) => toUploadJob(job(String(at + 1), 'FINISHED', { kind, createdOnMs })));
    const ids = (lists: JobLists) => jobPage({ ...request, lists, first: 500 }).jobs.map(({ id }) => id);
    const coupons = made('COUPON_BATCH', 10, 20);
    const before = ids([coupons, made('REDEEMED_COUPONS', 15)]);
    expect(before.map((id) => id.at(-1))).toEqual(['2', '1', '1']);
    const after = ids([coupons, made('REDEEMED_COUPONS', 15, 5)]);
    expect(after.filter((id) => before.includes(id))).toEqual(before);
  });

  test('of one kind are not those of both', () => {
    const list = listOf('COUPON_BATCH', 2);
    const both = [list, listOf('REDEEMED_COUPONS', 2)];
    expect(jobPage({ ...request, lists: both }).totalCount).toBe(4);
    expect(jobPage({ ...request, lists: [list] }).totalCount).toBe(2);
  });

  test('look at each job once, however many there are and in whatever order they name the statuses', () => {
    let looks = 0;
    const list = listOf('COUPON_BATCH', 1_000).map((job) => ({
      ...job,
      get status() {
        looks += 1;
        return job.status;
      },
    }));
    const lists = [list, listOf('REDEEMED_COUPONS', 1_000)];
    for (let count = 0; count < 50; count += 1) {
      jobPage({ ...request, lists, status: ['FINISHED', 'STARTED'] });
      jobPage({ ...request, lists, status: ['STARTED', 'FINISHED', 'STARTED'] });
    }
    expect(looks).toBe(list.length);
  });
});
