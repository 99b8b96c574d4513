import { describe, expect, test } from 'vitest';
import type { UpstreamJob } from '../src/capillary/upstream-job.ts';
import { toUploadJob } from '../src/jobs/upload-job.ts';
import { earlierParts } from '../src/upload/repeats/earlier-parts.ts';
import { eventually } from './support/eventually.ts';
import { mobileInput, upload } from './support/graphql-client.ts';
import { five, namedJobs, send, uploads } from './support/split-file.ts';
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

describe.concurrent('when the list shows each job one look late, no row goes up twice', () => {
  const options = { idempotencyKey: 'monday-import-1', maxRowsPerJob: 4 };

  test('after a part whose client went away before its answer', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 200 } });
    const client = new AbortController();
    const first = send(url, options, { signal: client.signal });
    await eventually(() => expect(sandbox.jobs.list()).toHaveLength(1));
    sandbox.jobs.hideNew(1);
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'hang', at: 'after', job: true }, times: 1 });
    await eventually(() => expect(sandbox.jobs.list()).toHaveLength(2));
    client.abort();
    await expect(first).rejects.toThrow();
    const repeat = await send(url, options);
    expect(repeat.data.result).toMatchObject({ replayed: true, jobs: namedJobs(sandbox) });
    expect(uploads(sandbox)).toHaveLength(2);
  });

  test('after a part that was refused, and one before it that was not', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    sandbox.jobs.hideNew(1);
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 200 } });
    const first = send(url, options);
    await eventually(() => expect(sandbox.jobs.list()).toHaveLength(1));
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'status', status: 400 }, times: 1 });
    expect((await first).data.result.__typename).toBe('UpstreamRejectedError');
    const repeat = await send(url, options);
    expect(repeat.data.result).toMatchObject({ replayed: false, jobs: namedJobs(sandbox) });
    expect(sandbox.jobs.list().map(({ rows }) => rows)).toEqual([4, 1]);
  });

  test.each([
    { name: 'after an answer that its client did not hear', atOnce: false },
    { name: 'where the second try came during the first', atOnce: true },
  ])('$name', async ({ atOnce }) => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    sandbox.jobs.hideNew(1);
    const idempotencyKey = 'monday-import-1';
    const first = send(url, { idempotencyKey });
    if (!atOnce) await first;
    const tries = await Promise.all([first, send(url, { idempotencyKey })]);
    expect(tries.map(({ data }) => data.result.replayed).toSorted()).toEqual([false, true]);
    expect(sandbox.jobs.list()).toMatchObject([{ rows: five.rows.length }]);
  });
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
