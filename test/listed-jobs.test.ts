import { describe, expect, test } from 'vitest';
import type { CallName } from '../src/sandbox/http/find-route.ts';
import { couponStatus, redeemedStatus } from './support/documented-answers.ts';
import { ask } from './support/graphql-client.ts';
import { idsOf, readPage } from './support/job-queries.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { startStubServer } from './support/stub-server.ts';

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
