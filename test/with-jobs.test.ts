import { expect, test } from 'vitest';
import type { UpstreamJob } from '../src/capillary/upstream-job.ts';
import { toUploadJob } from '../src/jobs/upload-job.ts';
import { bugBehind, toPublicError } from '../src/to-public-error.ts';
import { withJobs } from '../src/upload/result/with-jobs.ts';

const job = toUploadJob({
  kind: 'COUPON_BATCH',
  couponSeriesId: '541854',
  jobId: '1',
  uploadStatus: 'STARTED',
  uploadedFileName: 'a.csv',
} as UpstreamJob);

test('a bug behind the first part of a split file is masked, kept for the log, and names the jobs and the key', () => {
  const bug = new TypeError('secret detail');
  const told = toPublicError(withJobs(bug, { idempotencyKey: 'monday-import-1', jobs: [job] }));
  expect(bugBehind(told)).toBe(bug);
  expect(told.message).not.toContain('secret');
  expect(told.extensions).toMatchObject({
    code: 'INTERNAL_SERVER_ERROR',
    jobs: ['COUPON_BATCH:541854:1'],
    idempotencyKey: 'monday-import-1',
  });
});

test('an abort stays an abort, and a bug without jobs stays itself', () => {
  const abort = new DOMException('gone', 'AbortError');
  expect(withJobs(abort, { idempotencyKey: 'monday-import-1', jobs: [job] })).toBe(abort);
  const bug = new TypeError('x');
  expect(withJobs(bug, { idempotencyKey: 'monday-import-1', jobs: [] })).toBe(bug);
});
