import { describe, expect, test } from 'vitest';
import { couponFile } from './support/coupon-file.ts';
import { eventually } from './support/eventually.ts';
import { mobileInput, upload } from './support/graphql-client.ts';
import { encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection } from './support/raw-connection.ts';
import { postHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway, type TestGatewayOptions } from './support/start-gateway.ts';
import { readMetric } from './support/subscription-clients.ts';

/** The lines of uploads, once there are so many. */
async function storiesOf({ log }: TestGateway, count = 1) {
  const read = () => log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'upload');
  await eventually(() => expect(read()).toHaveLength(count));
  return read();
}

const csv = 'mobile,coupon\n919999999999,CODE1\n918888888888,CODE2\n';
const large = couponFile(512 * 1024);
const form = encodeForm([operationsPart(), mapPart(), filePart(large)]);

/** Sends so much of a large upload and then does what `then` says. */
async function sendPart(
  started: TestGateway,
  bytes: number,
  then: (socket: Awaited<ReturnType<typeof openConnection>>['socket']) => void,
) {
  using client = await openConnection(started.url);
  await client.write(postHead({ 'content-length': form.length, 'x-request-id': 'upload-1' }));
  await client.write(form.subarray(0, bytes));
  await started.sandbox.received(1);
  then(client.socket);
  await client.closed();
}

interface Fate {
  readonly name: string;
  readonly options?: TestGatewayOptions;
  readonly act: (started: TestGateway) => Promise<unknown>;
  readonly story: Record<string, unknown>;
}

const headers = { 'x-request-id': 'upload-1' };
const none = { rows: undefined, replayed: false, jobs: [] };

const fates: readonly Fate[] = [
  {
    name: 'without a token',
    act: ({ url }) => upload(url, { headers: { ...headers, 'x-cap-api-oauth-token': '' } }),
    story: { ...none, outcome: 'UNAUTHENTICATED', brokenOffBy: 'gateway', parts: 0, fileName: undefined },
  },
  {
    name: 'with a token that upstream refuses',
    act: ({ url }) => upload(url, { headers: { ...headers, 'x-cap-api-oauth-token': 'made-up' } }),
    story: {
      ...none,
      ...{ outcome: 'UNAUTHENTICATED', brokenOffBy: 'upstream', parts: 1 },
      upstreamRequestId: expect.any(String),
    },
  },
  {
    name: 'into a series that is none',
    act: ({ url }) =>
      upload(url, { headers, input: { ...mobileInput, couponSeriesId: 'drop table coupons' } }),
    story: {
      ...none,
      ...{ outcome: 'InvalidInputError', brokenOffBy: 'gateway', couponSeriesId: undefined, bytes: 0 },
    },
  },
  {
    name: 'of a file that is no CSV',
    act: ({ url }) => upload(url, { headers, file: Buffer.from('PK\u0003\u0004 a spreadsheet') }),
    story: { ...none, outcome: 'InvalidFileError', brokenOffBy: 'gateway', firstProblem: 'NOT_CSV' },
  },
  {
    name: 'that upstream refuses as wrong',
    act({ url, sandbox }) {
      const fault = { kind: 'status', status: 400, when: 'early' } as const;
      sandbox.faults.set({ call: 'uploadFile', fault });
      return upload(url, { headers, file: csv });
    },
    story: { ...none, outcome: 'UpstreamRejectedError', brokenOffBy: 'upstream', parts: 1 },
  },
  {
    name: 'whose answer is lost for good',
    act({ url, sandbox }) {
      sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'reset', at: 'after', job: false } });
      return upload(url, { headers, file: csv });
    },
    story: { ...none, outcome: 'UploadOutcomeUnknownError', brokenOffBy: 'upstream', parts: 1 },
  },
  {
    name: 'that upstream resets half way',
    act({ url, sandbox }) {
      sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'reset', at: 'middle' } });
      // More than fits into the buffers between: else all of it may be sent before the reset is heard of.
      return upload(url, { headers, file: couponFile(16 * 1024 * 1024) });
    },
    story: { ...none, outcome: 'UPSTREAM_UNAVAILABLE', brokenOffBy: 'upstream', parts: 1 },
  },
  {
    name: 'that upstream takes no byte of',
    options: { env: { UPLOAD_IDLE_TIMEOUT_MS: '200' } },
    act({ url, sandbox }) {
      sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'hang', at: 'before' } });
      return upload(url, { headers, file: couponFile(16 * 1024 * 1024) });
    },
    story: { ...none, outcome: 'UPSTREAM_TIMEOUT', brokenOffBy: 'upstream', parts: 1 },
  },
  {
    name: 'whose client breaks the connection half way',
    act: (started) => sendPart(started, form.length / 2, (socket) => socket.destroy()),
    story: { ...none, outcome: 'CLIENT_GONE', brokenOffBy: 'client', parts: 1 },
  },
  {
    name: 'whose client breaks the connection when two of its parts have their jobs',
    async act({ url, sandbox }) {
      const input = { ...mobileInput, options: { maxRowsPerJob: 100 } };
      const parts = encodeForm([operationsPart({ file: null, input }), mapPart(), filePart(large)]);
      using client = await openConnection(url);
      await client.write(postHead({ 'content-length': parts.length, 'x-request-id': 'upload-1' }));
      await client.write(parts.subarray(0, parts.length / 2));
      const sent = () => sandbox.requests.filter(({ call }) => call === 'uploadFile');
      await eventually(() => expect(sent()).toHaveLength(3));
    },
    story: {
      ...{ ...none, outcome: 'CLIENT_GONE', brokenOffBy: 'client', parts: 3 },
      jobs: ['COUPON_BATCH:541854:222696', 'COUPON_BATCH:541854:222697'],
    },
  },
  {
    name: 'whose client stops sending',
    // Longer than a busy machine takes to have the first half upstream.
    options: { env: { UPLOAD_IDLE_TIMEOUT_MS: '2000' } },
    act: (started) => sendPart(started, form.length / 2, () => {}),
    story: { ...none, outcome: 'REQUEST_TIMEOUT', brokenOffBy: 'client', parts: 1 },
  },
  {
    name: 'that the end of the gateway cuts off',
    act: (started) => sendPart(started, form.length / 2, () => void started.gateway.close(0)),
    story: { ...none, outcome: 'SHUTTING_DOWN', brokenOffBy: 'gateway', parts: 1 },
  },
  {
    name: 'that is only checked',
    act: ({ url }) =>
      upload(url, { headers, file: csv, input: { ...mobileInput, options: { dryRun: true } } }),
    story: { ...none, outcome: 'UploadChecked', dryRun: true, rows: 2, parts: 0, bytes: csv.length },
  },
  {
    name: 'with problems in its rows',
    act: ({ url }) => upload(url, { headers, file: 'mobile,coupon\n919999999999,CODE1\n,CODE2\n' }),
    story: { outcome: 'UploadAccepted', rows: 2, problemCount: 1, firstProblem: 'EMPTY_CELL', parts: 1 },
  },
  {
    name: 'of two parts',
    act: ({ url }) =>
      upload(url, { headers, file: csv, input: { ...mobileInput, options: { maxRowsPerJob: 1 } } }),
    story: {
      ...{ outcome: 'UploadAccepted', rows: 2, parts: 2, replayed: false, brokenOffBy: undefined },
      jobs: ['COUPON_BATCH:541854:222696', 'COUPON_BATCH:541854:222697'],
    },
  },
  {
    name: 'of which upstream refuses the second part',
    async act({ url, sandbox }) {
      void sandbox
        .nextRequest('uploadFile')
        .then(() =>
          sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'status', status: 500, when: 'early' } }),
        );
      return upload(url, {
        ...{ headers, file: large },
        input: { ...mobileInput, options: { maxRowsPerJob: 300 } },
      });
    },
    story: {
      ...{ outcome: 'UPSTREAM_UNAVAILABLE', parts: 2, brokenOffBy: 'upstream' },
      jobs: ['COUPON_BATCH:541854:222696'],
    },
  },
];

describe.concurrent('One line tells the story of an upload', () => {
  test.each(fates)('$name', async ({ options, act, story }) => {
    await using started = await startGateway(options);
    await act(started);
    const [told] = await storiesOf(started);
    expect(told).toMatchObject({
      ...{ level: 30, requestId: 'upload-1', kind: 'COUPON_BATCH' },
      ...Object.fromEntries(Object.entries(story).filter(([, value]) => value !== undefined)),
    });
    const absent = Object.keys(story).filter((field) => story[field] === undefined);
    for (const field of absent) expect(told).not.toHaveProperty(field);
    expect(told.seconds).toBeGreaterThanOrEqual(0);
  });

  test('that went well, without the key and with its speed', async () => {
    await using started = await startGateway();
    const options = { idempotencyKey: 'monday-import-1' };
    const run = () => upload(started.url, { headers, file: large, input: { ...mobileInput, options } });
    await run();
    await run();
    const [first, repeat] = await storiesOf(started, 2);
    expect(first).toEqual({
      ...{ level: 30, time: expect.any(String), msg: 'upload', requestId: 'upload-1' },
      ...{ kind: 'COUPON_BATCH', couponSeriesId: '541854', fileName: 'coupons.csv', dryRun: false },
      ...{ bytes: large.length, rows: 512, problemCount: 0, parts: 1, replayed: false },
      ...{ outcome: 'UploadAccepted', jobs: ['COUPON_BATCH:541854:222696'] },
      ...{ seconds: expect.any(Number), megabytesPerSecond: expect.any(Number) },
    });
    // The seconds that are told are rounded to milliseconds, of which it may have taken a few.
    expect(first.megabytesPerSecond).toBeGreaterThan(large.length / 1e6 / (first.seconds + 0.0005) - 0.1);
    expect(first.megabytesPerSecond).toBeLessThan(large.length / 1e6 / (first.seconds - 0.0005) + 0.1);
    expect(repeat).toMatchObject({ outcome: 'UploadAccepted', replayed: true, parts: 0, jobs: first.jobs });
    expect(started.log.join('')).not.toContain('monday-import-1');
    // The name under which upstream has the file.
    expect(started.log.join('')).not.toContain('.k');
  });
});

describe('The metrics of uploads', () => {
  test('count the bytes of one that is still under way', async () => {
    await using started = await startGateway();
    using client = await openConnection(started.url);
    await client.write(postHead({ 'content-length': form.length }));
    await client.write(form.subarray(0, form.length / 2));
    await started.sandbox.received(200_000);
    expect(await readMetric(started.url, 'gateway_uploads_in_flight')).toBe(1);
    const half = await readMetric(started.url, 'gateway_upload_bytes_total{kind="COUPON_BATCH"}');
    expect(half).toBeGreaterThanOrEqual(200_000);
    expect(half).toBeLessThan(large.length);
    await client.write(form.subarray(form.length / 2));
    expect((await client.answer()).status).toBe(200);
    const metric = (name: string) => readMetric(started.url, name);
    expect(await metric('gateway_upload_bytes_total{kind="COUPON_BATCH"}')).toBe(large.length);
    expect(await metric('gateway_upload_rows_total{kind="COUPON_BATCH"}')).toBe(512);
    expect(await metric('gateway_uploads_in_flight')).toBe(0);
    expect(await metric('gateway_uploads_started_total{kind="COUPON_BATCH"}')).toBe(1);
    expect(await metric('gateway_upload_duration_seconds_count{kind="COUPON_BATCH"}')).toBe(1);
  });

  test('tell refusals from each other, and count none of their rows', async () => {
    await using started = await startGateway();
    await upload(started.url, { file: 'PK\u0003\u0004' });
    await upload(started.url, { headers: { 'x-cap-api-oauth-token': 'made-up' } });
    const finished = (outcome: string) =>
      readMetric(
        started.url,
        `gateway_uploads_finished_total{kind="COUPON_BATCH",outcome="${outcome}",replayed="false"}`,
      );
    expect(await finished('InvalidFileError')).toBe(1);
    expect(await finished('UNAUTHENTICATED')).toBe(1);
    expect(await readMetric(started.url, 'gateway_upload_rows_total{kind="COUPON_BATCH"}')).toBe(0);
  });
});

describe('The metrics of upstream calls', () => {
  test('count each attempt by its call and code, and each answer by its status', async () => {
    await using started = await startGateway();
    started.sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'refused' } });
    await upload(started.url);
    started.sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'reset', at: 'before' } });
    await upload(started.url, { file: csv });
    started.sandbox.faults.clear();
    await upload(started.url);
    const count = (rest: string) => readMetric(started.url, `gateway_upstream_${rest}`);
    expect(await count('calls_total{call="uploadFile",code="OK"}')).toBe(1);
    expect(await count('calls_total{call="uploadFile",code="UPSTREAM_UNAVAILABLE"}')).toBe(1);
    expect(await count('answers_total{call="uploadFile",status="200"}')).toBe(2);
    expect(
      await readMetric(started.url, 'gateway_upstream_call_duration_seconds_count{call="uploadFile"}'),
    ).toBe(3);
  });
});
