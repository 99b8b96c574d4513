import { describe, expect, test } from 'vitest';
import { fileKey } from '../src/jobs/keyed-file-name.ts';
import type { Fault } from '../src/sandbox/faults/fault.ts';
import { couponFile } from './support/coupon-file.ts';
import { freePort } from './support/free-port.ts';
import { ask, type GraphQLAnswer, mobileInput, upload } from './support/graphql-client.ts';
import { sha256Of } from './support/sha256-of.ts';
import { startGateway, type TestGateway, type TestGatewayOptions } from './support/start-gateway.ts';
import { type SocketUploadOptions, uploadOverSocket } from './support/upload-over-socket.ts';

// Larger than all socket buffers on the way together: an answer within it is an early one.
const largeFile = couponFile(32 * 1024 * 1024);
// Where the answer comes after the last byte anyway.
const smallFile = couponFile(1024 * 1024);

const clients = ['while it sends', 'only after sending'] as const;

const requestId = expect.stringMatching(/^[0-9a-f-]{36}$/);

function rejected(httpStatus: number, message: string) {
  return {
    status: 200,
    data: {
      uploadCouponBatch: {
        __typename: 'UpstreamRejectedError',
        message: expect.stringContaining(message),
        httpStatus,
        upstreamCode: String(httpStatus),
        requestId,
        jobs: [],
      },
    },
  };
}

function failed(code: string, extensions: object = {}) {
  return { status: 200, errors: [{ path: ['uploadCouponBatch'], extensions: { code, ...extensions } }] };
}

/** The sandbox sees the fault on its upload call, the client reads as told. */
async function uploadWith(started: TestGateway, fault: Fault, options: Partial<SocketUploadOptions> = {}) {
  started.sandbox.faults.set({ call: 'uploadFile', fault });
  return uploadOverSocket(started.url, { file: largeFile, reads: 'while it sends', ...options }).answer;
}

function uploadRequests({ sandbox }: TestGateway) {
  return sandbox.requests.filter(({ call }) => call === 'uploadFile' || call === 'redeemFile');
}

const untilTaken = { sandbox: { checkRows: false } } satisfies TestGatewayOptions;

interface Refusal {
  readonly name: string;
  readonly fault: { readonly status: number; readonly code?: number; readonly retryAfter?: number };
  readonly expected: Partial<GraphQLAnswer> | object;
}

const refusals: Refusal[] = [
  { name: '400', fault: { status: 400 }, expected: rejected(400, 'Incorrect or invalid input.') },
  { name: '404', fault: { status: 404 }, expected: rejected(404, 'invalid coupon_series_id') },
  { name: '413', fault: { status: 413 }, expected: rejected(413, 'too large') },
  {
    name: '401',
    fault: { status: 401 },
    expected: failed('UNAUTHENTICATED', { upstreamStatus: 401, upstreamCode: '401', requestId }),
  },
  {
    name: '498',
    fault: { status: 498 },
    expected: failed('UNAUTHENTICATED', { upstreamStatus: 498, upstreamCode: '498', requestId }),
  },
  {
    name: '403',
    fault: { status: 403 },
    expected: failed('FORBIDDEN', { upstreamStatus: 403, upstreamCode: '403', requestId }),
  },
  {
    name: '403 with code 4000',
    fault: { status: 403, code: 4000 },
    expected: failed('FORBIDDEN', { upstreamStatus: 403, upstreamCode: '4000', requestId }),
  },
  {
    name: '429 with Retry-After',
    fault: { status: 429, retryAfter: 7 },
    expected: failed('RATE_LIMITED', { upstreamStatus: 429, retryAfterSeconds: 7, requestId }),
  },
  {
    name: '429 without Retry-After',
    fault: { status: 429 },
    expected: failed('RATE_LIMITED', { upstreamStatus: 429, requestId }),
  },
];

const outages: Refusal[] = [
  {
    name: '500',
    fault: { status: 500 },
    expected: failed('UPSTREAM_UNAVAILABLE', { upstreamStatus: 500, requestId }),
  },
  {
    name: '502 as an HTML page',
    fault: { status: 502 },
    expected: failed('UPSTREAM_UNAVAILABLE', { upstreamStatus: 502, requestId }),
  },
  {
    name: '503 with code 4001',
    fault: { status: 503 },
    expected: failed('UPSTREAM_UNAVAILABLE', { upstreamStatus: 503, upstreamCode: '4001', requestId }),
  },
];

describe.each(clients)('A client that reads %s hears', (reads) => {
  describe.each(['early', 'early-reset'] as const)('of a refusal that comes %s', (when) => {
    test.each([...refusals, ...outages])('that it is $name', async ({ fault, expected }) => {
      await using started = await startGateway(untilTaken);
      const answer = await uploadWith(started, { kind: 'status', when, ...fault }, { reads });
      expect(answer).toMatchObject(expected);
      expect(uploadRequests(started)).toHaveLength(1);
      expect(started.sandbox.requests).toHaveLength(1);
      const request = await started.sandbox.requests[0]?.done;
      expect(request).toMatchObject({ aborted: true, complete: false });
      expect(request?.receivedBytes).toBeLessThan(largeFile.length);
    });
  });

  test.each(refusals)('of a refusal that comes late that it is $name', async ({ fault, expected }) => {
    await using started = await startGateway(untilTaken);
    const late: Fault = { kind: 'status', when: 'late', ...fault };
    const answer = await uploadWith(started, late, { reads, file: smallFile });
    expect(answer).toMatchObject(expected);
    expect(uploadRequests(started)).toMatchObject([{ complete: true, fileBytes: smallFile.length }]);
    expect(started.sandbox.jobs.list()).toHaveLength(0);
  });

  test('that the series is unknown', async () => {
    await using started = await startGateway(untilTaken);
    const input = { ...mobileInput, couponSeriesId: '404404' };
    const { answer } = uploadOverSocket(started.url, { file: largeFile, reads, input });
    expect(await answer).toMatchObject(rejected(404, 'invalid coupon_series_id'));
    expect(uploadRequests(started)).toHaveLength(1);
  });

  test.each<{ name: string; fault: Fault; code: string }>([
    {
      name: 'is reset before the body',
      fault: { kind: 'reset', at: 'before' },
      code: 'UPSTREAM_UNAVAILABLE',
    },
    {
      name: 'is reset in the middle',
      fault: { kind: 'reset', at: 'middle', afterBytes: 1024 * 1024 },
      code: 'UPSTREAM_UNAVAILABLE',
    },
    { name: 'takes no byte', fault: { kind: 'hang', at: 'before' }, code: 'UPSTREAM_TIMEOUT' },
    { name: 'stops taking bytes', fault: { kind: 'slow', bytesPerSecond: 100 }, code: 'UPSTREAM_TIMEOUT' },
    {
      name: 'answers nothing early',
      fault: { kind: 'empty', when: 'early' },
      code: 'UPSTREAM_INVALID_RESPONSE',
    },
    {
      name: 'answers half a JSON early',
      fault: { kind: 'malformed', when: 'early' },
      code: 'UPSTREAM_INVALID_RESPONSE',
    },
    {
      name: 'claims success early',
      fault: { kind: 'answer', when: 'early', status: 200, body: jobOf('coupons.csv') },
      code: 'UPSTREAM_INVALID_RESPONSE',
    },
  ])('that the upload failed when upstream $name', async ({ fault, code }) => {
    await using started = await startGateway({ ...untilTaken, env: { UPLOAD_IDLE_TIMEOUT_MS: '300' } });
    const startMs = performance.now();
    const answer = await uploadWith(started, fault, { reads });
    expect(answer).toMatchObject(failed(code, code === 'UPSTREAM_INVALID_RESPONSE' ? { requestId } : {}));
    expect(performance.now() - startMs).toBeLessThan(3_000);
    expect(started.sandbox.requests).toHaveLength(1);
    expect(started.sandbox.jobs.list()).toHaveLength(0);
  });

  test('that upstream is not there at all', async () => {
    await using started = await startGateway({
      env: { COUPON_API_URL: `http://127.0.0.1:${await freePort()}` },
    });
    const { answer } = uploadOverSocket(started.url, { file: largeFile, reads });
    expect(await answer).toMatchObject(failed('UPSTREAM_UNAVAILABLE'));
  });

  test('of success when upstream reads slowly, however short the time without progress may be', async () => {
    await using started = await startGateway({ ...untilTaken, env: { UPLOAD_IDLE_TIMEOUT_MS: '1500' } });
    const file = couponFile(16 * 1024 * 1024);
    const fault: Fault = { kind: 'slow', bytesPerSecond: 8 * 1024 * 1024 };
    const answer = await uploadWith(started, fault, { reads, file });
    expect(answer.data).toMatchObject({ uploadCouponBatch: { __typename: 'UploadAccepted' } });
    // Blocks are used again once they have left, and not before.
    const fileSha256 = sha256Of(file);
    expect(uploadRequests(started)).toMatchObject([{ complete: true, fileSha256 }]);
  });
});

test('A file is taken from the client no faster than upstream takes it', async () => {
  await using started = await startGateway(untilTaken);
  const { sandbox } = started;
  sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'slow', bytesPerSecond: 4 * 1024 * 1024 } });
  const file = couponFile(96 * 1024 * 1024);
  const client = uploadOverSocket(started.url, { file, reads: 'while it sends' });
  client.answer.catch(() => {});
  const request = await sandbox.received(4 * 1024 * 1024);
  // All that the four socket buffers of the two connections hold, and a little in the gateway.
  expect(client.bytesTaken() - request.fileBytes).toBeLessThan(32 * 1024 * 1024);
});

test.each([
  {
    name: 'an error',
    status: 500,
    read: (answer: GraphQLAnswer) => answer.errors?.[0]?.extensions['requestId'],
  },
  { name: 'data', status: 400, read: (answer: GraphQLAnswer) => answer.data.uploadCouponBatch.requestId },
])('The request id of upstream reaches the caller in $name', async ({ status, read }) => {
  await using started = await startGateway();
  const body = JSON.stringify({ success: false, status, message: 'No.' });
  const headers = { 'X-Cap-Requestid': 'cap-7/1.2' };
  const answer = await uploadWith(started, { kind: 'answer', when: 'early', status, body, headers });
  expect(read(answer)).toBe('cap-7/1.2');
});

/** What leaves open what became of a file that went up whole. */
const lostAnswers: { name: string; made: Fault; notMade: Fault }[] = [
  {
    name: 'the connection is reset',
    made: { kind: 'reset', at: 'after', job: true },
    notMade: { kind: 'reset', at: 'after' },
  },
  {
    name: 'no answer comes in time',
    made: { kind: 'hang', at: 'after', job: true },
    notMade: { kind: 'hang', at: 'after' },
  },
  {
    name: 'a 502 page comes',
    made: { kind: 'status', status: 502, when: 'after-job' },
    notMade: { kind: 'status', status: 502 },
  },
  {
    name: 'half a JSON comes',
    made: { kind: 'malformed', when: 'after-job' },
    notMade: { kind: 'malformed' },
  },
  { name: 'an empty 200 comes', made: { kind: 'empty', when: 'after-job' }, notMade: { kind: 'empty' } },
  { name: 'no job is named', made: { kind: 'lacking', when: 'after-job' }, notMade: { kind: 'lacking' } },
  {
    name: 'an empty job list comes',
    made: { kind: 'answer', status: 200, body: noJobs(), when: 'after-job' },
    notMade: { kind: 'answer', status: 200, body: noJobs() },
  },
  {
    name: 'a redirect comes',
    made: { kind: 'answer', status: 302, body: '', headers: { location: '/login' }, when: 'after-job' },
    notMade: { kind: 'answer', status: 302, body: '', headers: { location: '/login' } },
  },
];

/** Upstream's own "no" in JSON: the list has the last word, when it speaks. */
const explicitOutages: { name: string; status: number }[] = [
  { name: '500', status: 500 },
  { name: '503 with code 4001', status: 503 },
];

/** What never comes is waited for; a busy machine may take its time for what does. */
const startFor = ({ kind }: Fault) =>
  startGateway({ ...untilTaken, env: kind === 'hang' ? { UPSTREAM_TIMEOUT_MS: '1000' } : {} });

const uploadWhole = (started: TestGateway, fault: Fault) => uploadWith(started, fault, { file: smallFile });

describe.concurrent('After the whole file went up', () => {
  test.each(lostAnswers)('and $name without a job, the outcome is unknown', async ({ notMade }) => {
    await using started = await startFor(notMade);
    const startMs = performance.now();
    const { data, errors } = await uploadWhole(started, notMade);
    expect(errors).toBeUndefined();
    expect(data.uploadCouponBatch).toEqual({
      __typename: 'UploadOutcomeUnknownError',
      message: expect.stringContaining("The whole file was sent, but Capillary's answer was lost"),
      idempotencyKey: expect.stringMatching(/^[\w-]{8,64}$/),
      jobs: [],
    });
    expect(performance.now() - startMs).toBeLessThan(6_000);
    const [request, ...more] = uploadRequests(started);
    expect(more).toHaveLength(0);
    // A repeat with this key looks for this very name.
    expect(request?.fileName).toContain(`.k${fileKey(data.uploadCouponBatch.idempotencyKey)}.csv`);
  });

  test.each(lostAnswers)('and $name with a job, the list tells of it', async ({ made }) => {
    await using started = await startFor(made);
    const { data } = await uploadWhole(started, made);
    const [job] = started.sandbox.jobs.list();
    expect(data.uploadCouponBatch).toMatchObject({
      __typename: 'UploadAccepted',
      replayed: false,
      jobs: [{ id: `COUPON_BATCH:541854:${job?.jobId}`, uploadedFileName: 'coupons.csv' }],
      file: { name: 'coupons.csv', bytes: smallFile.length, sha256: uploadRequests(started)[0]?.fileSha256 },
    });
    expect(uploadRequests(started)).toHaveLength(1);
    expect(started.sandbox.jobs.list()).toHaveLength(1);
  });

  test.each(explicitOutages)(
    'and $name is answered, and the list bears it out, upstream is unavailable',
    async ({ status }) => {
      await using started = await startGateway(untilTaken);
      const answer = await uploadWhole(started, { kind: 'status', status });
      expect(answer).toMatchObject(failed('UPSTREAM_UNAVAILABLE', { upstreamStatus: status, requestId }));
      expect(uploadRequests(started)).toHaveLength(1);
    },
  );

  test.each(explicitOutages)(
    'and $name is answered, but the list has the job, the upload is accepted',
    async ({ status }) => {
      await using started = await startGateway(untilTaken);
      const { data } = await uploadWhole(started, { kind: 'status', status, when: 'after-job' });
      expect(data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted', jobs: [{}] });
      expect(uploadRequests(started)).toHaveLength(1);
    },
  );

  test.each<{ name: string; answer: Fault; list: Fault }>([
    {
      name: 'the connection is reset, and the list is out of reach',
      answer: { kind: 'reset', at: 'after', job: true },
      list: { kind: 'reset', at: 'before' },
    },
    {
      name: 'a 500 is answered, and the list is out of reach',
      answer: { kind: 'status', status: 500 },
      list: { kind: 'status', status: 500 },
    },
    {
      name: 'a 502 page comes, and the list is one too',
      answer: { kind: 'status', status: 502, when: 'after-job' },
      list: { kind: 'status', status: 502 },
    },
    {
      name: 'nothing answers any more',
      answer: { kind: 'hang', at: 'after', job: true },
      list: { kind: 'hang', at: 'before' },
    },
    {
      name: 'the token ends meanwhile',
      answer: { kind: 'reset', at: 'after', job: true },
      list: { kind: 'status', status: 498 },
    },
  ])('and $name, the outcome is unknown', async ({ answer, list }) => {
    await using started = await startFor(list);
    started.sandbox.faults.set({ call: 'getUploadStatus', fault: list });
    const startMs = performance.now();
    const { data } = await uploadWhole(started, answer);
    expect(data.uploadCouponBatch).toMatchObject({
      __typename: 'UploadOutcomeUnknownError',
      idempotencyKey: expect.any(String),
    });
    expect(performance.now() - startMs).toBeLessThan(12_000);
    expect(uploadRequests(started)).toHaveLength(1);
  });

  test('a job that the list shows late is found', async () => {
    await using started = await startGateway(untilTaken);
    started.sandbox.jobs.hideNew(2);
    const { data } = await uploadWhole(started, { kind: 'reset', at: 'after', job: true });
    expect(data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted', jobs: [{}] });
  });

  test('the jobs of others with the same file name are not taken for it', async () => {
    await using started = await startGateway(untilTaken);
    const first = await upload(started.url, { file: smallFile });
    expect(first.data.uploadCouponBatch.__typename).toBe('UploadAccepted');
    const { data } = await uploadWhole(started, { kind: 'reset', at: 'after' });
    expect(data.uploadCouponBatch.__typename).toBe('UploadOutcomeUnknownError');
  });

  test('a lost answer to redeemed coupons is found by its stored name', async () => {
    await using started = await startGateway(untilTaken);
    started.sandbox.faults.set({ call: 'redeemFile', fault: { kind: 'reset', at: 'after', job: true } });
    const query = /* GraphQL */ `
      mutation ($file: Upload!, $input: UploadRedeemedCouponsInput!) {
        uploadRedeemedCoupons(file: $file, input: $input) {
          __typename
          ... on UploadAccepted { jobs { id uploadedFileName } }
        }
      }
    `;
    const columns = { redeemedDateInMillis: 0, redeemedAt: 1, customerIdentifier: 2, couponIdentifier: 3 };
    const identifiers = { customerIdentifier: 'USER_ID', couponIdentifier: 'COUPON_ID' };
    const input = { couponSeriesId: '253234', ...identifiers, columns };
    const file = 'date,till,user,coupon\n1603128622000,5,7,9\n';
    const { data } = await upload(started.url, { query, input, file, fileName: 'June.csv' });
    const [job] = started.sandbox.jobs.list();
    expect(data.uploadRedeemedCoupons).toEqual({
      __typename: 'UploadAccepted',
      jobs: [{ id: `REDEEMED_COUPONS:253234:${job?.jobId}`, uploadedFileName: 'June.csv' }],
    });
  });

  test('a refusal under 200 is a refusal', async () => {
    await using started = await startGateway(untilTaken);
    const answer = await uploadWhole(started, { kind: 'refused' });
    expect(answer).toMatchObject(rejected(400, 'Incorrect or invalid input.'));
    expect(uploadRequests(started)).toHaveLength(1);
  });
});

test('The gateway serves on after every fault', async () => {
  await using started = await startGateway({ ...untilTaken, env: { UPLOAD_IDLE_TIMEOUT_MS: '300' } });
  const faults: Fault[] = [
    { kind: 'reset', at: 'before' },
    { kind: 'reset', at: 'middle' },
    { kind: 'hang', at: 'before' },
    { kind: 'status', status: 413, when: 'early-reset' },
  ];
  for (const fault of faults) await uploadWith(started, fault);
  started.sandbox.faults.clear();
  const { data } = await upload(started.url);
  expect(data.uploadCouponBatch.__typename).toBe('UploadAccepted');
  const query = '{ couponSeries(id: "541854") { uploadJobs { totalCount } } }';
  const listed = await ask(started.url, query);
  expect(listed.data.couponSeries.uploadJobs.totalCount).toBe(1);
  expect(started.log.filter((line) => line.includes('unexpected error'))).toEqual([]);
});

function jobOf(uploadedFileName: string): string {
  const job = { jobId: 1, uploadStatus: 'STARTED', createdOn: '1', updatedOn: '1', uploadedFileName };
  return JSON.stringify({
    success: true,
    status: 200,
    result: { orgId: 1, couponSeriesId: 541854, uploadJobStatuses: [job] },
  });
}

function noJobs(): string {
  const result = { orgId: 100458, couponSeriesId: 541854, uploadJobStatuses: [] };
  return JSON.stringify({ success: true, status: 200, result });
}
