import { describe, expect, test } from 'vitest';
import type { Fault } from '../src/sandbox/fault.ts';
import type { CallName } from '../src/sandbox/find-route.ts';
import { couponStatus, redeemedStatus } from './support/documented-answers.ts';
import { ask, upload } from './support/graphql-client.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { startStubServer } from './support/stub-server.ts';

type Kind = 'COUPON_BATCH' | 'REDEEMED_COUPONS';

const uploadRedeemed = /* GraphQL */ `
  mutation ($file: Upload!, $input: UploadRedeemedCouponsInput!) {
    uploadRedeemedCoupons(file: $file, input: $input) { ... on UploadAccepted { jobs { id } } }
  }
`;
const redeemedInput = {
  couponSeriesId: '541854',
  customerIdentifier: 'USER_ID',
  couponIdentifier: 'COUPON_ID',
  columns: { redeemedDateInMillis: 0, redeemedAt: 1, customerIdentifier: 2, couponIdentifier: 3 },
};

/** Makes a job of series 541854 and resolves to its id. */
async function makeJob({ url }: TestGateway, kind: Kind = 'COUPON_BATCH'): Promise<string> {
  if (kind === 'COUPON_BATCH') return (await upload(url)).data.uploadCouponBatch.jobs[0].id;
  const file = 'date,till,user,coupon\n1603128622000,5,7,9\n';
  const { data } = await upload(url, { query: uploadRedeemed, input: redeemedInput, file });
  return data.uploadRedeemedCoupons.jobs[0].id;
}

async function makeJobs(started: TestGateway, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) ids.push(await makeJob(started));
  return ids;
}

function statusCalls({ sandbox }: TestGateway) {
  return sandbox.requests.filter(({ method }) => method === 'GET');
}

const numberOf = (id: string) => Number(id.split(':')[2]);

const oneJob = 'query ($id: ID!) { uploadJob(id: $id) { id status } }';
const pageOfJobs = /* GraphQL */ `
  query ($id: ID! = "541854", $kind: UploadJobKind, $status: [UploadJobStatus!], $first: Int, $after: String) {
    couponSeries(id: $id) {
      uploadJobs(kind: $kind, status: $status, first: $first, after: $after) {
        totalCount
        edges { cursor node { id status } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`;

interface Page {
  readonly totalCount: number;
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

async function readPage({ url }: TestGateway, variables: object = {}): Promise<Page> {
  const { data, errors } = await ask(url, pageOfJobs, { variables });
  expect(errors).toBeUndefined();
  return data.couponSeries.uploadJobs;
}

const idsOf = ({ edges }: Page) => edges.map(({ node }) => node.id);

describe('An id that cannot be one', () => {
  test.each([
    '',
    'job',
    '222696',
    'COUPON_BATCH',
    'COUPON_BATCH:541854',
    'COUPON_BATCH:541854:',
    'COUPON_BATCH:541854:222696:1',
    'coupon_batch:541854:222696',
    'REDEEMED:541854:222696',
    'COUPON_BATCH:0:222696',
    'COUPON_BATCH:541854:0222696',
    'COUPON_BATCH:541854:-1',
    'COUPON_BATCH:541854:2.5',
    'COUPON_BATCH:541854:12345678901234567890',
    'COUPON_BATCH:541854:9223372036854775808',
    'COUPON_BATCH:9223372036854775808:222696',
    ' COUPON_BATCH:541854:222696',
    'COUPON_BATCH:541854:222696\n',
    'COUPON_BATCH:../../v1:222696',
    `COUPON_BATCH:${'5'.repeat(100_000)}:222696`,
  ])('is malformed as a job id, and upstream is not asked: %j', async (id) => {
    await using started = await startGateway();
    const { data, errors } = await ask(started.url, oneJob, { variables: { id } });
    expect(data).toEqual({ uploadJob: null });
    expect(errors).toMatchObject([{ path: ['uploadJob'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors?.[0]?.message).toContain('COUPON_BATCH:541854:222696');
    expect(errors?.[0]?.message.length).toBeLessThan(200);
    expect(started.sandbox.requests).toHaveLength(0);
  });

  test.each([
    '',
    'spring',
    '0',
    '-5',
    '0541854',
    '5418.54',
    '541854/../1',
    '12345678901234567890',
    '9223372036854775808',
  ])('is malformed as a series id, and upstream is not asked: %j', async (id) => {
    await using started = await startGateway();
    const { data, errors } = await ask(started.url, pageOfJobs, { variables: { id } });
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ path: ['couponSeries'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(started.sandbox.requests).toHaveLength(0);
  });
});

test('The largest ids that upstream can have are ids', async () => {
  await using started = await startGateway();
  const largest = '9223372036854775807';
  const variables = { id: `COUPON_BATCH:${largest}:${largest}` };
  expect(await ask(started.url, oneJob, { variables })).toMatchObject({ data: { uploadJob: null } });
  const series = await ask(started.url, pageOfJobs, { variables: { id: largest } });
  expect(series.errors).toBeUndefined();
});

describe('A job that is not there', () => {
  test.each([
    { name: 'a number that the series does not have', id: 'COUPON_BATCH:541854:1' },
    { name: 'a series that does not exist', id: 'COUPON_BATCH:404404:222696' },
    { name: 'a series that does not exist, of the other kind', id: 'REDEEMED_COUPONS:404404:222696' },
    { name: 'the other kind', id: 'REDEEMED_COUPONS:541854:222696' },
    { name: 'another series', id: 'COUPON_BATCH:541855:222696' },
  ])('is null and no error: $name', async ({ id }) => {
    await using started = await startGateway();
    expect(await makeJob(started)).toBe('COUPON_BATCH:541854:222696');
    expect(await ask(started.url, oneJob, { variables: { id } })).toEqual({
      status: 200,
      data: { uploadJob: null },
    });
  });

  test('because its whole series is unknown leaves its list with an error that says so', async () => {
    await using started = await startGateway();
    const { data, errors } = await ask(started.url, pageOfJobs, { variables: { id: '404404' } });
    expect(data).toBeNull();
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('invalid coupon_series_id'),
        path: ['couponSeries', 'uploadJobs'],
        extensions: { code: 'BAD_USER_INPUT', upstreamStatus: 404, requestId: expect.any(String) },
      },
    ]);
  });
});

describe('A read that upstream fails', () => {
  test.each<{ name: string; fault: Fault; code: string; extensions?: object; calls: number }>([
    { name: '401', fault: { kind: 'status', status: 401 }, code: 'UNAUTHENTICATED', calls: 1 },
    { name: '498', fault: { kind: 'status', status: 498 }, code: 'UNAUTHENTICATED', calls: 1 },
    { name: '403', fault: { kind: 'status', status: 403 }, code: 'FORBIDDEN', calls: 1 },
    { name: '403/4000', fault: { kind: 'status', status: 403, code: 4000 }, code: 'FORBIDDEN', calls: 1 },
    {
      name: '400',
      fault: { kind: 'status', status: 400 },
      code: 'BAD_USER_INPUT',
      extensions: { upstreamStatus: 400, requestId: expect.any(String) },
      calls: 1,
    },
    { name: '500', fault: { kind: 'status', status: 500 }, code: 'UPSTREAM_UNAVAILABLE', calls: 1 },
    { name: 'an HTML 502', fault: { kind: 'status', status: 502 }, code: 'UPSTREAM_UNAVAILABLE', calls: 4 },
    { name: '503/4001', fault: { kind: 'status', status: 503 }, code: 'UPSTREAM_UNAVAILABLE', calls: 4 },
    { name: 'a reset', fault: { kind: 'reset', at: 'before' }, code: 'UPSTREAM_UNAVAILABLE', calls: 4 },
    { name: '429', fault: { kind: 'status', status: 429 }, code: 'RATE_LIMITED', calls: 4 },
    {
      name: '429 for longer than anyone waits',
      fault: { kind: 'status', status: 429, retryAfter: 60 },
      code: 'RATE_LIMITED',
      extensions: { retryAfterSeconds: 60 },
      calls: 1,
    },
    {
      name: 'a page of HTML',
      fault: { kind: 'answer', status: 200, contentType: 'text/html', body: '<html>Log in</html>' },
      code: 'UPSTREAM_INVALID_RESPONSE',
      extensions: { upstreamStatus: 200, requestId: expect.any(String) },
      calls: 1,
    },
    { name: 'half a JSON', fault: { kind: 'malformed' }, code: 'UPSTREAM_INVALID_RESPONSE', calls: 1 },
    { name: 'nothing', fault: { kind: 'empty' }, code: 'UPSTREAM_INVALID_RESPONSE', calls: 1 },
    { name: 'no job list', fault: { kind: 'lacking' }, code: 'UPSTREAM_INVALID_RESPONSE', calls: 1 },
    { name: 'no answer', fault: { kind: 'hang', at: 'before' }, code: 'UPSTREAM_TIMEOUT', calls: 2 },
    {
      name: 'a very late answer',
      fault: { kind: 'latency', ms: 60_000 },
      code: 'UPSTREAM_TIMEOUT',
      calls: 2,
    },
  ])('with $name is $code, after so many calls: $calls', async ({ fault, code, extensions, calls }) => {
    await using started = await startGateway({ env: { UPSTREAM_TIMEOUT_MS: '250' } });
    started.sandbox.faults.set({ call: 'getUploadStatus', fault });
    const variables = { id: 'COUPON_BATCH:541854:1' };
    const { status, data, errors } = await ask(started.url, oneJob, { variables });
    expect({ status, data }).toEqual({ status: 200, data: { uploadJob: null } });
    expect(errors).toMatchObject([{ path: ['uploadJob'], extensions: { code, ...extensions } }]);
    expect(statusCalls(started)).toHaveLength(calls);
    expect(started.log.filter((line) => line.includes('unexpected error'))).toEqual([]);
  });

  test.each<{ name: string; fault: Fault }>([
    { name: '429', fault: { kind: 'status', status: 429 } },
    { name: '429 with Retry-After', fault: { kind: 'status', status: 429, retryAfter: 0 } },
    { name: '503', fault: { kind: 'status', status: 503 } },
    { name: '502', fault: { kind: 'status', status: 502 } },
    { name: 'a reset', fault: { kind: 'reset', at: 'before' } },
  ])('twice with $name and then no more is answered', async ({ fault }) => {
    await using started = await startGateway();
    const id = await makeJob(started);
    started.sandbox.faults.set({ call: 'getUploadStatus', fault, times: 2 });
    const { data, errors } = await ask(started.url, oneJob, { variables: { id } });
    expect(errors).toBeUndefined();
    expect(data.uploadJob.id).toBe(id);
    expect(statusCalls(started)).toHaveLength(3);
  });

  test('fails its own field only', async () => {
    await using started = await startGateway();
    const id = await makeJob(started);
    started.sandbox.faults.set({
      call: 'getUploadRedeemedCouponStatus',
      fault: { kind: 'status', status: 403 },
    });
    const query = `{ batch: uploadJob(id: "${id}") { id } redeemed: uploadJob(id: "REDEEMED_COUPONS:541854:1") { id } }`;
    const { data, errors } = await ask(started.url, query);
    expect(data).toEqual({ batch: { id }, redeemed: null });
    expect(errors).toMatchObject([{ path: ['redeemed'], extensions: { code: 'FORBIDDEN' } }]);
  });
});

describe('A client that goes away', () => {
  const fault: Fault = { kind: 'latency', ms: 60_000 };
  const variables = { id: 'COUPON_BATCH:541854:1' };

  test('takes its upstream read along', async () => {
    await using started = await startGateway();
    started.sandbox.faults.set({ call: 'getUploadStatus', fault });
    const gone = new AbortController();
    const answer = ask(started.url, oneJob, { variables, signal: gone.signal });
    const request = await started.sandbox.started('getUploadStatus');
    gone.abort();
    await expect(answer).rejects.toThrow();
    expect((await request.done).aborted).toBe(true);
    expect(started.sandbox.openRequests()).toBe(0);
    expect(statusCalls(started)).toHaveLength(1);
    expect(started.log.filter((line) => line.includes('unexpected error'))).toEqual([]);
  });

  test('leaves the read to the others who wait for it', async () => {
    await using started = await startGateway();
    started.sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'latency', ms: 400 } });
    const gone = new AbortController();
    const first = ask(started.url, oneJob, { variables, signal: gone.signal });
    await started.sandbox.started('getUploadStatus');
    const second = ask(started.url, oneJob, { variables });
    // Answered on the same process after the second query was read: both share the call by now.
    await ask(started.url, '{ __typename }');
    gone.abort();
    await expect(first).rejects.toThrow();
    expect(await second).toEqual({ status: 200, data: { uploadJob: null } });
    expect(statusCalls(started)).toHaveLength(1);
  });
});

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
      { message: expect.stringContaining('"after" is no cursor'), extensions: { code: 'BAD_USER_INPUT' } },
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

  test.each([
    { first: undefined, count: 20 },
    { first: null, count: 20 },
    { first: 0, count: 0 },
    { first: 1, count: 1 },
    { first: 22, count: 22 },
    { first: 500, count: 22 },
  ])('with "first" as $first has $count of 22', async ({ first, count }) => {
    await using started = await startGateway();
    await makeJobs(started, 22);
    const { edges, totalCount, pageInfo } = await readPage(started, { first });
    expect(edges).toHaveLength(count);
    expect(totalCount).toBe(22);
    expect(pageInfo).toMatchObject({ hasNextPage: count < 22, hasPreviousPage: false });
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

/** A gateway before an upstream that lists exactly these entries. */
async function startBefore(lists: { batch?: readonly object[]; redeemed?: readonly object[] }) {
  const stub = await startStubServer(({ path }) => {
    const kind: CallName = path.includes('Redeemed') ? 'getUploadRedeemedCouponStatus' : 'getUploadStatus';
    const owner = { orgId: 1619, couponSeriesId: 541854 };
    const result =
      kind === 'getUploadStatus'
        ? { ...owner, uploadJobStatuses: lists.batch ?? [] }
        : { ...owner, redeemUploadJobStatuses: lists.redeemed ?? [] };
    return { body: { success: true, status: 200, result } };
  });
  const started = await startGateway({ env: { COUPON_API_URL: stub.url } });
  return {
    ...started,
    async [Symbol.asyncDispose]() {
      await started[Symbol.asyncDispose]();
      await stub[Symbol.asyncDispose]();
    },
  };
}

const [batchEntry] = couponStatus.result.uploadJobStatuses;
const [redeemedEntry] = redeemedStatus.result.redeemUploadJobStatuses;

test('Jobs of both kinds stand in one list: by time between the kinds, by number within one', async () => {
  const day = Date.parse('2024-05-27T00:00:00Z');
  const hour = 3_600_000;
  await using started = await startBefore({
    batch: [
      { ...batchEntry, jobId: 12, createdOn: String(day + 30 * hour) },
      { ...batchEntry, jobId: 9, createdOn: String(day - hour) },
      { ...batchEntry, jobId: 10, createdOn: String(day + 9 * hour) },
    ],
    redeemed: [
      // The redeemed list knows the day only: both stand at its beginning.
      { ...redeemedEntry, jobId: 100, createdOn: String(day) },
      { ...redeemedEntry, jobId: 99, createdOn: String(day) },
      { ...redeemedEntry, jobId: 101, createdOn: String(day + 24 * hour) },
    ],
  });
  expect(idsOf(await readPage(started))).toEqual([
    'COUPON_BATCH:541854:12',
    'REDEEMED_COUPONS:541854:101',
    'COUPON_BATCH:541854:10',
    'REDEEMED_COUPONS:541854:100',
    'REDEEMED_COUPONS:541854:99',
    'COUPON_BATCH:541854:9',
  ]);
});

const batchJob = 'COUPON_BATCH:541854:220605';
const redeemedJob = 'REDEEMED_COUPONS:541854:4455';

async function readJob({ url }: TestGateway, id: string, fields: string) {
  const { data, errors } = await ask(url, `{ uploadJob(id: "${id}") { ${fields} } }`);
  expect(errors).toBeUndefined();
  return data.uploadJob;
}

describe('The status that upstream writes as', () => {
  const pending = { outcome: 'PENDING', isTerminal: false };
  const over = { outcome: 'SUCCEEDED', isTerminal: true };
  const lost = { outcome: 'FAILED', isTerminal: true };

  test.each([
    { text: 'STARTED', expected: { status: 'STARTED', ...pending } },
    { text: 'VALIDATED', expected: { status: 'VALIDATED', ...pending } },
    { text: 'COMMITED', expected: { status: 'COMMITTED', ...pending } },
    { text: 'COMMITTED', expected: { status: 'COMMITTED', ...pending } },
    { text: 'FINISHED', expected: { status: 'FINISHED', ...over } },
    { text: 'finished', expected: { status: 'FINISHED', ...over } },
    { text: 'ERRORED', expected: { status: 'FAILED', ...lost } },
    { text: 'FAILED', expected: { status: 'FAILED', ...lost } },
    { text: 'PAUSED_BY_ADMIN', expected: { status: 'UNKNOWN', ...pending } },
    { text: 'constructor', expected: { status: 'UNKNOWN', ...pending } },
    { text: '', expected: { status: 'UNKNOWN', ...pending } },
  ])('$text for a coupon batch is $expected', async ({ text, expected }) => {
    await using started = await startBefore({
      batch: [{ ...batchEntry, uploadStatus: text, errorCount: 0 }],
    });
    const job = await readJob(started, batchJob, 'status upstreamStatus outcome isTerminal');
    expect(job).toEqual({ upstreamStatus: text, ...expected });
  });

  test.each([
    { text: 'QUEUED', expected: { status: 'QUEUED', ...pending } },
    { text: 'STARTED', expected: { status: 'STARTED', ...pending } },
    { text: 'COMPLETED', expected: { status: 'FINISHED', ...over } },
    { text: 'FINISHED', expected: { status: 'FINISHED', ...over } },
    { text: 'FAILED', expected: { status: 'FAILED', ...lost } },
    { text: 'ERRORED', expected: { status: 'FAILED', ...lost } },
    { text: 'IN_REVIEW', expected: { status: 'UNKNOWN', ...pending } },
  ])('$text for redeemed coupons is $expected', async ({ text, expected }) => {
    const entry = { ...redeemedEntry, uploadRedeemedCouponStatus: text, errorCount: 0 };
    await using started = await startBefore({ redeemed: [entry] });
    const job = await readJob(started, redeemedJob, 'status upstreamStatus outcome isTerminal');
    expect(job).toEqual({ upstreamStatus: text, ...expected });
  });
});

test.each([
  { total: 5, errors: 0, outcome: 'SUCCEEDED', accepted: 5 },
  { total: 5, errors: 2, outcome: 'PARTIALLY_REJECTED', accepted: 3 },
  { total: 5, errors: 5, outcome: 'REJECTED', accepted: 0 },
  { total: 5, errors: 9, outcome: 'REJECTED', accepted: 0 },
  { total: 0, errors: 0, outcome: 'SUCCEEDED', accepted: 0 },
])(
  'A finished job of $total rows with $errors errors is $outcome',
  async ({ total, errors, outcome, accepted }) => {
    const entry = { ...batchEntry, totalUploadedCount: total, errorCount: errors };
    await using started = await startBefore({ batch: [entry] });
    const job = await readJob(started, batchJob, 'outcome totalUploadedCount errorCount acceptedCount');
    expect(job).toEqual({ outcome, totalUploadedCount: total, errorCount: errors, acceptedCount: accepted });
  },
);

test('Every field of a documented coupon batch is read as documented', async () => {
  await using started = await startBefore({ batch: [batchEntry as object] });
  const fields = `id kind jobId orgId couponSeries { id } createdAt updatedAt uploadedFileName uploadedFileUrl
    errorFileUrl successFileUrl actualRowCount uploadTableName audienceGroupId audienceGroupVersionId`;
  expect(await readJob(started, batchJob, fields)).toEqual({
    id: batchJob,
    kind: 'COUPON_BATCH',
    jobId: '220605',
    orgId: '1619',
    couponSeries: { id: '541854' },
    createdAt: '2024-05-27T12:06:10.000Z',
    updatedAt: '2024-05-27T12:06:14.000Z',
    uploadedFileName: 'couponbatchupload.csv',
    uploadedFileUrl: 'couponbatchupload_1716811569557_535521.csv',
    errorFileUrl: 'error_100458_5355212024_05_27_12_06_14',
    successFileUrl: null,
    actualRowCount: 2,
    uploadTableName: 'temp_100458_20240527_120613638',
    audienceGroupId: '0',
    audienceGroupVersionId: '0',
  });
});

test('Redeemed coupons give the day as their time, and have no audience', async () => {
  await using started = await startBefore({ redeemed: [redeemedEntry as object] });
  const fields = 'createdAt updatedAt uploadedFileName errorFileUrl audienceGroupId audienceGroupVersionId';
  expect(await readJob(started, redeemedJob, fields)).toEqual({
    createdAt: '2020-10-19T18:30:00.000Z',
    updatedAt: '2020-10-19T18:30:00.000Z',
    uploadedFileName: 'couponCode_1603183613081_259234.csv',
    errorFileUrl: 'error_redemption_upload_1619_2532342020_10_20_14_17_00',
    audienceGroupId: null,
    audienceGroupVersionId: null,
  });
});
