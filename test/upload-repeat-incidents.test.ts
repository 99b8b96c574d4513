import { expect, test } from 'vitest';
import type { UpstreamJob } from '../src/capillary/upstream-job.ts';
import { toUploadJob } from '../src/jobs/upload-job.ts';
import { earlierParts } from '../src/upload/earlier-parts.ts';
import { mobileInput, upload } from './support/graphql-client.ts';
import { startGateway } from './support/start-gateway.ts';

const input = { ...mobileInput, options: { idempotencyKey: 'monday-import-1' } };

test('two tries at once with one key make one job, also when the second came with a newer token', async () => {
  const tokens = { first: { orgId: 1 }, second: { orgId: 1 } };
  await using started = await startGateway({ sandbox: { tokens } });
  const tries = await Promise.all(
    Object.keys(tokens).map((token) =>
      upload(started.url, { input, headers: { 'x-cap-api-oauth-token': token } }),
    ),
  );
  const results = tries.map(({ data }) => data.uploadCouponBatch);
  expect(results.map(({ __typename }) => __typename)).toEqual(['UploadAccepted', 'UploadAccepted']);
  expect(results.map(({ replayed }) => replayed).toSorted()).toEqual([false, true]);
  expect(started.sandbox.jobs.list()).toHaveLength(1);
});

test('after a try of unknown outcome, a repeat looks longer than the list is late', async () => {
  await using started = await startGateway();
  const { sandbox, url } = started;
  sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'reset', at: 'after', job: true }, times: 1 });
  // Three looks of the first try, and two of the repeat.
  sandbox.jobs.hideNew(6);
  const first = await upload(url, { input });
  expect(first.data.uploadCouponBatch.__typename).toBe('UploadOutcomeUnknownError');
  const repeat = await upload(url, { input });
  expect(repeat.data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted', replayed: true });
  expect(sandbox.jobs.list()).toHaveLength(1);
});

test('a job that is still being counted is not taken for another file', () => {
  const job = {
    kind: 'COUPON_BATCH',
    uploadStatus: 'STARTED',
    totalUploadedCount: 1,
    errorCount: 0,
  } as UpstreamJob;
  const running = toUploadJob({ ...job, uploadedFileName: 'a.csv' });
  const done = toUploadJob({ ...job, uploadedFileName: 'a.csv', uploadStatus: 'FINISHED' });
  const earlier = earlierParts([], { name: 'a.csv', maxRowsPerJob: undefined });
  if ('refusal' in earlier) throw new Error(earlier.refusal.message);
  expect(earlier.compare(running, 1, 3)).toBeUndefined();
  expect(earlier.compare(done, 1, 3)?.message).toContain('a file with 1 rows');
});
