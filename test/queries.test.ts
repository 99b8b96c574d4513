import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, upload } from './support/graphql-client.ts';
import {
  idsOf,
  makeJob,
  makeJobs,
  numberOf,
  oneJob,
  type Page,
  pageOfJobs,
  readPage,
  statusCalls,
} from './support/job-queries.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

describe('Upstream is asked once', () => {
  test('for 50 jobs of one series', async () => {
    await using started = await startGateway();
    const [id = ''] = await makeJobs(started, 3);
    const first = numberOf(id);
    const aliases = Array.from(
      { length: 50 },
      (_, index) => `j${index}: uploadJob(id: "COUPON_BATCH:541854:${first + index}") { jobId status }`,
    );
    const { data } = await ask(started.url, `{ ${aliases.join(' ')} }`);
    expect(data.j2).toMatchObject({ jobId: String(first + 2) });
    expect(data.j3).toBeNull();
    expect(Object.keys(data)).toHaveLength(50);
    expect(statusCalls(started)).toHaveLength(1);
  });

  test('for each series and kind of one query, however deep it asks', async () => {
    await using started = await startGateway();
    const id = await makeJob(started);
    const query = `{
      job: uploadJob(id: "${id}") { couponSeries { id uploadJobs { totalCount edges { node { id } } } } }
      series: couponSeries(id: "541854") { uploadJobs(status: [FINISHED]) { totalCount } }
      other: couponSeries(id: "541855") { uploadJobs(kind: COUPON_BATCH) { totalCount } }
    }`;
    const { data } = await ask(started.url, query);
    expect(data.job.couponSeries.uploadJobs).toEqual({ totalCount: 1, edges: [{ node: { id } }] });
    expect(
      statusCalls(started)
        .map(({ call, couponSeriesId }) => `${call} ${couponSeriesId}`)
        .sort(),
    ).toEqual(['getUploadRedeemedCouponStatus 541854', 'getUploadStatus 541854', 'getUploadStatus 541855']);
  });

  test('for equal queries of one credential at the same time, and for each other credential again', async () => {
    const tokens = { 'sandbox-token': { orgId: 100458 }, 'other-token': { orgId: 7 } };
    await using started = await startGateway({ sandbox: { tokens } });
    const id = await makeJob(started);
    started.sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'latency', ms: 500 } });
    const askAs = (token: string) =>
      ask(started.url, oneJob, { variables: { id }, headers: { 'x-cap-api-oauth-token': token } });
    const mine = Array.from({ length: 8 }, () => askAs('sandbox-token'));
    const theirs = Array.from({ length: 4 }, () => askAs('other-token'));
    for (const { data } of await Promise.all(mine)) expect(data.uploadJob.id).toBe(id);
    for (const { data } of await Promise.all(theirs)) expect(data.uploadJob).toBeNull();
    expect(
      statusCalls(started)
        .map(({ token }) => token)
        .sort(),
    ).toEqual(['other-token', 'sandbox-token']);
  });

  test('again by who comes after an upload, though an older list is still on its way', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    sandbox.faults.set({ call: 'getUploadStatus', times: 1, fault: { kind: 'latency', ms: 10_000 } });
    const older = ask(url, oneJob, { variables: { id: 'COUPON_BATCH:541854:1' } });
    older.catch(() => {});
    await sandbox.started('getUploadStatus');
    const id = await makeJob(started);
    const { data } = await ask(url, oneJob, { variables: { id } });
    expect(data.uploadJob).toMatchObject({ id });
    expect(sandbox.openRequests()).toBe(1);
  });

  test('but again for the next query: nothing is kept', async () => {
    await using started = await startGateway();
    const id = await makeJob(started);
    await ask(started.url, oneJob, { variables: { id } });
    started.sandbox.jobs.finish(numberOf(id));
    const { data } = await ask(started.url, oneJob, { variables: { id } });
    expect(data.uploadJob.status).toBe('FINISHED');
    expect(statusCalls(started)).toHaveLength(2);
  });
});

describe('A list of jobs', () => {
  test.each([-1, 501, 2_147_483_647])('of %i is refused', async (first) => {
    await using started = await startGateway();
    const { errors } = await ask(started.url, pageOfJobs, { variables: { first } });
    expect(errors).toMatchObject([
      { message: expect.stringContaining('from 0 to 500'), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  test.each([
    { name: 'no base64', after: '§§§' },
    { name: 'empty', after: '' },
    { name: 'of another list', after: Buffer.from('COUPON_BATCH:541855:222696').toString('base64url') },
    { name: 'an id as it stands', after: 'COUPON_BATCH:541854:222696' },
    { name: 'very long', after: 'Q'.repeat(100_000) },
  ])('after a cursor that is $name is refused', async ({ after }) => {
    await using started = await startGateway();
    await makeJob(started);
    const { errors } = await ask(started.url, pageOfJobs, { variables: { after } });
    expect(errors).toMatchObject([
      { message: expect.stringContaining('"after" is not a cursor'), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  test('that is empty has no cursors', async () => {
    await using started = await startGateway();
    expect(await readPage(started)).toEqual({
      totalCount: 0,
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  test('is paged through, newest first, without gap or repeat, while new jobs arrive', async () => {
    await using started = await startGateway();
    const ids = await makeJobs(started, 45);
    const pages: Page[] = [];
    let page: Page | undefined;
    while (page?.pageInfo.hasNextPage !== false) {
      page = await readPage(started, { first: 20, after: page?.pageInfo.endCursor });
      pages.push(page);
      await makeJob(started);
    }
    expect(pages.flatMap(idsOf)).toEqual(ids.toReversed());
    expect(pages.map(({ totalCount }) => totalCount)).toEqual([45, 46, 47]);
    expect(pages.map(({ pageInfo }) => pageInfo)).toMatchObject([
      { hasNextPage: true, hasPreviousPage: false },
      { hasNextPage: true, hasPreviousPage: true },
      { hasNextPage: false, hasPreviousPage: true },
    ]);
    for (const { edges, pageInfo } of pages) {
      expect(pageInfo).toMatchObject({ startCursor: edges[0]?.cursor, endCursor: edges.at(-1)?.cursor });
    }
  });

  describe('of 22', () => {
    let started: TestGateway;
    beforeAll(async () => {
      started = await startGateway();
      await makeJobs(started, 22);
    });
    afterAll(() => started[Symbol.asyncDispose]());

    test.each([
      { first: undefined, count: 20 },
      { first: null, count: 20 },
      { first: 0, count: 0 },
      { first: 1, count: 1 },
      { first: 22, count: 22 },
      { first: 500, count: 22 },
    ])('has $count with "first" as $first', async ({ first, count }) => {
      const { edges, totalCount, pageInfo } = await readPage(started, { first });
      expect(edges).toHaveLength(count);
      expect(totalCount).toBe(22);
      expect(pageInfo).toMatchObject({ hasNextPage: count < 22, hasPreviousPage: false });
    });
  });

  test('can be narrowed to kinds and statuses, and counts what is left', async () => {
    await using started = await startGateway();
    started.sandbox.jobs.hold();
    const [finished = '', validated = '', waiting = ''] = await makeJobs(started, 3);
    const redeemed = await makeJob(started, 'REDEEMED_COUPONS');
    started.sandbox.jobs.finish(numberOf(finished));
    started.sandbox.jobs.setStatus(numberOf(validated), 'VALIDATED');
    const narrowed = async (variables: object) => {
      const page = await readPage(started, variables);
      expect(page.totalCount).toBe(page.edges.length);
      return idsOf(page).toSorted();
    };
    expect(await narrowed({ kind: 'COUPON_BATCH' })).toEqual([finished, validated, waiting]);
    expect(await narrowed({ kind: 'REDEEMED_COUPONS' })).toEqual([redeemed]);
    expect(await narrowed({ kind: null, status: null })).toEqual([finished, validated, waiting, redeemed]);
    expect(await narrowed({ status: ['FINISHED'] })).toEqual([finished]);
    expect(await narrowed({ status: ['VALIDATED', 'QUEUED'] })).toEqual([validated, redeemed]);
    expect(await narrowed({ kind: 'REDEEMED_COUPONS', status: ['STARTED'] })).toEqual([]);
    expect(await narrowed({ status: [] })).toEqual([]);
  });

  test('of one kind is read with one call', async () => {
    await using started = await startGateway();
    await readPage(started, { kind: 'REDEEMED_COUPONS' });
    expect(statusCalls(started)).toMatchObject([{ call: 'getUploadRedeemedCouponStatus' }]);
  });

  test('goes on after a cursor whose job has left the filter since', async () => {
    await using started = await startGateway();
    started.sandbox.jobs.hold();
    const [oldest, middle, newest] = await makeJobs(started, 3);
    const first = await readPage(started, { status: ['STARTED'], first: 2 });
    expect(idsOf(first)).toEqual([newest, middle]);
    for (const id of idsOf(first)) started.sandbox.jobs.finish(numberOf(id));
    const after = first.pageInfo.endCursor;
    const next = await readPage(started, { status: ['STARTED'], first: 2, after });
    expect(idsOf(next)).toEqual([oldest]);
    expect(next).toMatchObject({ totalCount: 1, pageInfo: { hasNextPage: false, hasPreviousPage: false } });
  });

  test('shows the job of an upload in the very answer to it', async () => {
    await using started = await startGateway();
    await makeJob(started);
    const query = /* GraphQL */ `
      mutation ($file: Upload!, $input: UploadCouponBatchInput!) {
        uploadCouponBatch(file: $file, input: $input) {
          ... on UploadAccepted { jobs { id couponSeries { uploadJobs { totalCount edges { node { id } } } } } }
        }
      }
    `;
    const { data } = await upload(started.url, { query });
    const [{ id, couponSeries }] = data.uploadCouponBatch.jobs;
    expect(couponSeries.uploadJobs).toMatchObject({ totalCount: 2, edges: [{ node: { id } }, {}] });
  });
});
