import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { fileKey } from '../src/jobs/keyed-file-name.ts';
import { createSandbox, type Sandbox } from '../src/sandbox/create-sandbox.ts';
import type { Fault } from '../src/sandbox/faults/fault.ts';
import type { FileUpload, UploadDeps } from '../src/upload/file-upload.ts';
import { KeyBusyError } from '../src/upload/repeats/key-lock.ts';
import { createUploadFile } from '../src/upload/upload-file.ts';
import { couponFile } from './support/coupon-file.ts';
import { eventually } from './support/eventually.ts';
import { startProcess } from './support/gateway-process.ts';
import { ask, mobileInput, token, type UploadRequest, upload } from './support/graphql-client.ts';
import { encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection } from './support/raw-connection.ts';
import { postHead, readGraphQL } from './support/raw-graphql.ts';
import { startGateway } from './support/start-gateway.ts';
import { startRedisProxy } from './support/watch-redis-proxy.ts';
import { hasRedisServer, startRedisServer } from './support/watch-redis-server.ts';

const resultFields = /* GraphQL */ `
  __typename
  ... on UploadAccepted { replayed jobs { id uploadedFileName } file { name rows sha256 } }
  ... on UploadError { message }
  ... on InvalidInputError { field }
  ... on InvalidFileError { problemCount idempotencyKey jobs { id } }
  ... on UpstreamRejectedError { httpStatus idempotencyKey jobs { id } }
  ... on UploadOutcomeUnknownError { idempotencyKey jobs { id } }
`;
const batch = {
  query: /* GraphQL */ `
    mutation ($file: Upload!, $input: UploadCouponBatchInput!) {
      result: uploadCouponBatch(file: $file, input: $input) { ${resultFields} }
    }
  `,
  input: mobileInput,
  file: 'mobile,coupon\n919999999991,A1\n919999999992,A2\n',
  fileName: 'Spring sale.csv',
} satisfies UploadRequest;
const redeemed = {
  query: /* GraphQL */ `
    mutation ($file: Upload!, $input: UploadRedeemedCouponsInput!) {
      result: uploadRedeemedCoupons(file: $file, input: $input) { ${resultFields} }
    }
  `,
  input: {
    couponSeriesId: '541854',
    customerIdentifier: 'USER_ID',
    couponIdentifier: 'COUPON_ID',
    columns: { redeemedDateInMillis: 0, redeemedAt: 1, customerIdentifier: 2, couponIdentifier: 3 },
  },
  file: 'date,till,user,coupon\n1603128622000,5,7,9\n',
  fileName: 'June.csv',
} satisfies UploadRequest;

const idempotencyKey = 'monday-import-1';

/** An upload with the key; without one where it is `null`. */
function send(
  url: string,
  request: UploadRequest & { readonly key?: string | null; readonly maxRowsPerJob?: number } = {},
) {
  const { key = idempotencyKey, maxRowsPerJob, ...rest } = request;
  const { input, ...whole } = { ...batch, ...rest };
  return upload(url, {
    ...whole,
    input: { ...(input as object), options: { idempotencyKey: key, maxRowsPerJob } },
  });
}

const uploads = (sandbox: Sandbox) =>
  sandbox.requests.filter(({ call }) => call === 'uploadFile' || call === 'redeemFile');
const wholeUploads = (sandbox: Sandbox) => uploads(sandbox).filter(({ complete }) => complete);

function accepted({ sandbox }: { readonly sandbox: Sandbox }, replayed: boolean) {
  const jobs = sandbox.jobs.list().map(({ jobId }) => ({ id: `COUPON_BATCH:541854:${jobId}` }));
  return { __typename: 'UploadAccepted', replayed, jobs };
}

/** The gateway looks for a lost job three times. */
const looks = 3;

const unknown = { data: { result: { __typename: 'UploadOutcomeUnknownError', idempotencyKey, jobs: [] } } };
const unavailable = { data: null, errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] };

/** A job is made, and nobody hears of it. */
const lostAnswers: readonly { name: string; fault: Fault; told?: object }[] = [
  { name: 'a reset', fault: { kind: 'reset', at: 'after', job: true } },
  { name: 'a timeout', fault: { kind: 'hang', at: 'after', job: true } },
  { name: 'a 502 page', fault: { kind: 'status', status: 502, when: 'after-job' } },
  { name: 'half a JSON', fault: { kind: 'malformed', when: 'after-job' } },
  { name: 'an empty answer', fault: { kind: 'empty', when: 'after-job' } },
  { name: 'an answer without a job', fault: { kind: 'lacking', when: 'after-job' } },
  {
    name: 'a 500 that is not true',
    fault: { kind: 'status', status: 500, when: 'after-job' },
    told: unavailable,
  },
];

// These three side by side: the first of them waits for ten seconds.

describe.skipIf(!hasRedisServer()).concurrent('With Redis, on two replicas', () => {
  test('two repeats at the same time make one job', async () => {
    await using redis = await startRedisServer();
    await using sandbox = await createSandbox();
    const env = { COUPON_API_URL: sandbox.url, REDIS_URL: redis.url };
    await using one = await startProcess(env);
    await using other = await startProcess(env);
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 400 } });
    const answers = await Promise.all([send(one.url), send(other.url), send(one.url), send(other.url)]);
    const replayed = answers.map(({ data }) => data.result.replayed);
    expect(replayed.filter((each) => each === false)).toHaveLength(1);
    for (const { data } of answers) {
      expect(data.result).toMatchObject(accepted({ sandbox }, data.result.replayed));
    }
    expect(uploads(sandbox)).toHaveLength(1);
  });

  test('a repeat goes on when the replica with the first try was killed', async () => {
    await using redis = await startRedisServer();
    await using sandbox = await createSandbox();
    const env = { COUPON_API_URL: sandbox.url, REDIS_URL: redis.url };
    await using one = await startProcess(env);
    await using other = await startProcess(env);
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'hang', at: 'after', job: true } });
    const lost = expect(send(one.url)).rejects.toThrow();
    await eventually(() => expect(sandbox.jobs.list()).toHaveLength(1));
    one.kill('SIGKILL');
    await lost;
    const repeat = await send(other.url);
    expect(repeat.data.result).toMatchObject(accepted({ sandbox }, true));
    expect(uploads(sandbox)).toHaveLength(1);
    // The lock of the dead replica ends by itself, ten seconds after its last sign of life.
  });

  test('Redis that goes away costs the lock among replicas, and no upload', async () => {
    await using redis = await startRedisServer();
    await using sandbox = await createSandbox();
    await using one = await startProcess({ COUPON_API_URL: sandbox.url, REDIS_URL: redis.url });
    await redis.kill();
    const [first, second] = await Promise.all([send(one.url), send(one.url)]);
    expect([first.data.result.replayed, second.data.result.replayed].sort()).toEqual([false, true]);
    expect(uploads(sandbox)).toHaveLength(1);
  });
});

test.skipIf(!hasRedisServer())(
  'A try whose key was lost with Redis does not make a second job of what another replica has uploaded meanwhile',
  async () => {
    await using redis = await startRedisServer();
    await using proxy = await startRedisProxy(redis.url);
    await using sandbox = await createSandbox();
    const env = { COUPON_API_URL: sandbox.url };
    await using one = await startGateway({ env: { ...env, REDIS_URL: proxy.url } });
    await using other = await startGateway({ env: { ...env, REDIS_URL: redis.url } });
    const variables = { file: null, input: { ...mobileInput, options: { idempotencyKey } } };
    const file = couponFile(256 * 1024);
    const form = encodeForm([operationsPart(variables, batch.query), mapPart(), filePart(file)]);
    using connection = await openConnection(one.url);
    const arrival = sandbox.received(1, { match: ({ call }) => call === 'uploadFile' });
    await connection.write(postHead({ 'content-length': form.length }));
    await connection.write(form.subarray(0, form.length / 2));
    await arrival;
    proxy.cut();
    await redis.kill();
    await redis.start();
    await eventually(() => expect(other.log.join()).toContain('Redis is back'));
    const overtaking = await send(other.url, { file, fileName: 'coupons.csv' });
    expect(overtaking.data.result).toMatchObject(accepted({ sandbox }, false));
    proxy.heal();
    await connection.write(form.subarray(form.length / 2));
    expect(readGraphQL(await connection.answer())).toMatchObject(unknown);
    expect(sandbox.jobs.list()).toHaveLength(1);
    expect(one.log.join()).toContain('"brokenOffBy":"gateway"');
    const repeat = await send(one.url, { file, fileName: 'coupons.csv' });
    expect(repeat.data.result).toMatchObject(accepted({ sandbox }, true));
  },
);

describe.concurrent('When the answer is lost after upstream took the file', () => {
  test.each(lostAnswers)('through $name, a repeat with the key returns the job', async ({ fault, told }) => {
    // What never comes is waited for; a busy machine may take its time for what does.
    const env = fault.kind === 'hang' ? { UPSTREAM_TIMEOUT_MS: '1000' } : {};
    await using started = await startGateway({ env });
    const { sandbox, url } = started;
    sandbox.faults.set({ call: 'uploadFile', fault });
    // Slow to show the job, so that the first try cannot find it either.
    sandbox.jobs.hideNew(looks);
    expect(await send(url)).toMatchObject(told ?? unknown);
    const repeat = await send(url);
    expect(repeat.data.result).toMatchObject(accepted(started, true));
    expect(repeat.data.result.file).toMatchObject({ name: 'Spring sale.csv', rows: 2 });
    expect(sandbox.jobs.list()).toHaveLength(1);
    expect(uploads(sandbox)).toHaveLength(1);
  });

  test('the same holds for redeemed coupons, whose list has the stored name', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    sandbox.faults.set({ call: 'redeemFile', fault: { kind: 'reset', at: 'after', job: true } });
    sandbox.jobs.hideNew(looks);
    expect(await send(url, redeemed)).toMatchObject(unknown);
    const repeat = await send(url, redeemed);
    expect(repeat.data.result).toMatchObject({
      __typename: 'UploadAccepted',
      replayed: true,
      jobs: [{ uploadedFileName: 'June.csv' }],
    });
    expect(sandbox.jobs.list()).toHaveLength(1);
    expect(uploads(sandbox)).toHaveLength(1);
  });

  test('and the list is slow, the gateway looks again, and tells a job that shows in time', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'reset', at: 'after', job: true } });
    sandbox.jobs.hideNew(looks - 1);
    const { data } = await send(url);
    expect(data.result).toMatchObject(accepted(started, false));
    expect(uploads(sandbox)).toHaveLength(1);
  });

  test('and the list stays slow, the looks take two seconds', async () => {
    await using started = await startGateway({ parts: {} });
    const { sandbox, url } = started;
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'reset', at: 'after', job: true } });
    sandbox.jobs.hideNew(1_000);
    const startMs = performance.now();
    expect(await send(url)).toMatchObject(unknown);
    const tookMs = performance.now() - startMs;
    expect(tookMs).toBeGreaterThan(2_000);
    expect(tookMs).toBeLessThan(6_000);
    // One look before the upload.
    expect(sandbox.requests.filter(({ call }) => call === 'getUploadStatus')).toHaveLength(1 + looks);
  });

  test('without a key, the fresh one that the answer names finds the job', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'reset', at: 'after', job: true } });
    sandbox.jobs.hideNew(looks);
    const first = await send(url, { key: null });
    expect(first.data.result.__typename).toBe('UploadOutcomeUnknownError');
    const key = first.data.result.idempotencyKey;
    expect(key).toMatch(/^[\w-]{8,64}$/);
    const repeat = await send(url, { key });
    expect(repeat.data.result).toMatchObject(accepted(started, true));
    expect(uploads(sandbox)).toHaveLength(1);
  });
});

describe.concurrent('When the gateway is killed', () => {
  test('after upstream took the file, a repeat through the next one returns the job', async () => {
    await using sandbox = await createSandbox();
    const env = { COUPON_API_URL: sandbox.url };
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'hang', at: 'after', job: true } });
    {
      await using killed = await startProcess(env);
      const first = send(killed.url);
      const lost = expect(first).rejects.toThrow();
      await eventually(() => expect(sandbox.jobs.list()).toHaveLength(1));
      killed.kill('SIGKILL');
      await lost;
    }
    await using next = await startProcess(env);
    const repeat = await send(next.url);
    expect(repeat.data.result).toMatchObject(accepted({ sandbox }, true));
    expect(uploads(sandbox)).toHaveLength(1);
  });

  test('within the file, nothing is whole upstream, and a repeat through the next one uploads it', async () => {
    await using sandbox = await createSandbox({ checkRows: false });
    const env = { COUPON_API_URL: sandbox.url };
    const file = couponFile(16 * 1024 * 1024);
    sandbox.faults.set({ call: 'uploadFile', times: 1, fault: { kind: 'slow', bytesPerSecond: 2 ** 23 } });
    {
      await using killed = await startProcess(env);
      const lost = expect(send(killed.url, { file })).rejects.toThrow();
      const request = await sandbox.received(1);
      killed.kill('SIGKILL');
      await lost;
      expect(await request.done).toMatchObject({ complete: false, aborted: true });
    }
    await using next = await startProcess(env);
    const repeat = await send(next.url, { file });
    expect(repeat.data.result).toMatchObject(accepted({ sandbox }, false));
    expect(sandbox.jobs.list()).toHaveLength(1);
  });
});

describe('When the client is gone', () => {
  test('after upstream took the file, a repeat with the key returns the job', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'hang', at: 'after', job: true } });
    const client = new AbortController();
    const first = send(url, { signal: client.signal });
    await eventually(() => expect(sandbox.jobs.list()).toHaveLength(1));
    client.abort();
    await expect(first).rejects.toThrow();
    const repeat = await send(url);
    expect(repeat.data.result).toMatchObject(accepted(started, true));
    expect(uploads(sandbox)).toHaveLength(1);
  });

  test('within the file, a repeat with the key uploads it', async () => {
    await using started = await startGateway({ sandbox: { checkRows: false } });
    const { sandbox, url } = started;
    const file = couponFile(16 * 1024 * 1024);
    sandbox.faults.set({ call: 'uploadFile', times: 1, fault: { kind: 'slow', bytesPerSecond: 2 ** 23 } });
    const client = new AbortController();
    const first = send(url, { file, signal: client.signal });
    const request = await sandbox.received(1);
    client.abort();
    await expect(first).rejects.toThrow();
    const repeat = await send(url, { file });
    expect(repeat.data.result).toMatchObject(accepted(started, false));
    expect(await request.done).toMatchObject({ complete: false });
    expect(wholeUploads(sandbox)).toMatchObject([{ fileSha256: repeat.data.result.file.sha256 }]);
    expect(sandbox.jobs.list()).toHaveLength(1);
  });

  test('while its repeat waits already, the repeat goes on at once', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    sandbox.faults.set({ call: 'uploadFile', times: 1, fault: { kind: 'hang', at: 'after' } });
    const client = new AbortController();
    const first = send(url, { signal: client.signal });
    const request = await sandbox.received(1);
    const repeat = send(url);
    client.abort();
    await expect(first).rejects.toThrow();
    expect((await repeat).data.result).toMatchObject(accepted(started, false));
    expect(await request.done).toMatchObject({ aborted: true });
    expect(sandbox.jobs.list()).toHaveLength(1);
  });
});

describe.concurrent('The same key', () => {
  test.each([
    { name: 'series', second: { input: { ...mobileInput, couponSeriesId: '541855' } } },
    { name: 'kind', second: redeemed },
    { name: 'org', second: { headers: { 'x-cap-api-oauth-token': 'other-org' } } },
    { name: 'key, as far as case goes', second: { key: idempotencyKey.toUpperCase() } },
  ])('for another $name is another upload', async ({ second }) => {
    const tokens = { [token]: { orgId: 100458 }, 'other-org': { orgId: 7 } };
    await using started = await startGateway({ sandbox: { tokens } });
    for (const request of [{}, second]) {
      const { data } = await send(started.url, request);
      expect(data.result).toMatchObject({ __typename: 'UploadAccepted', replayed: false });
    }
    expect(started.sandbox.jobs.list()).toHaveLength(2);
  });
});

test('A try of one organisation does not wait for one of another, which has the same key and series', async () => {
  const tokenOf = (orgId: number) =>
    ['{"alg":"RS256"}', JSON.stringify({ org_id: orgId }), 'signature']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
  const [ours, foreign] = [tokenOf(100458), tokenOf(7)];
  const tokens = { [ours]: { orgId: 100458 }, [foreign]: { orgId: 7 } };
  await using started = await startGateway({ sandbox: { tokens } });
  const { sandbox, url } = started;
  sandbox.faults.set({ call: 'uploadFile', times: 1, fault: { kind: 'hang', at: 'after' } });
  const client = new AbortController();
  const headers = { 'x-cap-api-oauth-token': foreign };
  const held = send(url, { headers, signal: client.signal });
  await sandbox.received(1);
  const { data } = await send(url, { headers: { 'x-cap-api-oauth-token': ours } });
  expect(data.result).toMatchObject(accepted(started, false));
  client.abort();
  await expect(held).rejects.toThrow();
});

describe('Repeats at the same time', () => {
  test.each([{ repeats: 2 }, { repeats: 5 }])(
    'on one replica, $repeats of them, make one job',
    async (given) => {
      await using started = await startGateway();
      const { sandbox, url } = started;
      sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 200 } });
      const answers = await Promise.all(Array.from({ length: given.repeats }, () => send(url)));
      const replayed = answers.map(({ data }) => data.result.replayed);
      expect(replayed.filter((each) => each === false)).toHaveLength(1);
      for (const { data } of answers)
        expect(data.result).toMatchObject({ ...accepted(started, data.result.replayed) });
      expect(uploads(sandbox)).toHaveLength(1);
    },
  );

  test('of a large file wait without being cut off, and are read to their end', async () => {
    await using started = await startGateway({
      sandbox: { checkRows: false },
      env: { UPLOAD_IDLE_TIMEOUT_MS: '1000' },
    });
    const { sandbox, url } = started;
    const file = couponFile(8 * 1024 * 1024);
    // Longer than a client may be silent, which these two are because they are not read.
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'slow', bytesPerSecond: 4 * 2 ** 20 } });
    const answers = await Promise.all([send(url, { file }), send(url, { file }), send(url, { file })]);
    expect(answers.map(({ errors }) => errors)).toEqual([undefined, undefined, undefined]);
    for (const { data } of answers) expect(data.result).toMatchObject({ __typename: 'UploadAccepted' });
    expect(uploads(sandbox)).toHaveLength(1);
  });

  test('go on when the first one is refused', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    sandbox.faults.set({ call: 'uploadFile', times: 1, fault: { kind: 'status', status: 400 } });
    const answers = await Promise.all([send(url), send(url)]);
    const told = answers.map(({ data }) => data.result.__typename).sort();
    expect(told).toEqual(['UploadAccepted', 'UpstreamRejectedError']);
    expect(sandbox.jobs.list()).toHaveLength(1);
  });

  test('that would have to wait too long are told so, with the key', async () => {
    const keyLock = { hold: () => Promise.reject(new KeyBusyError()) };
    const uploadFile = createUploadFile({ keyLock, lookPausesMs: [] } as unknown as UploadDeps);
    const release = vi.fn();
    const result = await uploadFile({
      file: { release },
      form: { kind: 'COUPON_BATCH', couponSeriesId: '541854' },
      options: { idempotencyKey, dryRun: false },
      credential: { id: 'somebody' },
      signal: new AbortController().signal,
    } as unknown as FileUpload);
    expect(result).toMatchObject({ __typename: 'UploadOutcomeUnknownError', idempotencyKey, jobs: [] });
    expect(release).toHaveBeenCalled();
  });
});

describe('The same key', () => {
  test.each<{ name: string; first?: object; second: object; says: string }>([
    { name: 'another name', second: { fileName: 'Summer.csv' }, says: 'for the file "Spring sale.csv"' },
    {
      name: 'more rows',
      second: { file: `${batch.file}919999999993,A3\n` },
      says: 'for a file with 2 rows, and this one has 3',
    },
    {
      name: 'fewer rows',
      second: { file: 'mobile,coupon\n919999999991,A1\n' },
      says: 'for a file with 2 rows, and this one has 1',
    },
    { name: 'maxRowsPerJob', second: { maxRowsPerJob: 1 }, says: 'for the file as one job' },
    {
      name: 'no maxRowsPerJob any more',
      first: { maxRowsPerJob: 2 },
      second: {},
      says: 'for the file with maxRowsPerJob 2',
    },
  ])('with $name is refused, and nothing is uploaded', async ({ first, second, says }) => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    expect((await send(url, first)).data.result.__typename).toBe('UploadAccepted');
    for (const { jobId } of sandbox.jobs.list()) sandbox.jobs.finish(jobId);
    const before = sandbox.jobs.list().length;
    const { data, errors } = await send(url, second);
    expect(errors).toBeUndefined();
    expect(data.result).toEqual({
      __typename: 'InvalidInputError',
      field: 'input.options.idempotencyKey',
      message: expect.stringContaining(says),
    });
    expect(data.result.message).toContain('take a new key');
    expect(sandbox.jobs.list()).toHaveLength(before);
    expect(uploads(sandbox)).toHaveLength(before);
  });

  test('with a large file that is refused by its name is told while the file still comes', async () => {
    await using started = await startGateway();
    const timers = watchTimers();
    expect((await send(started.url)).data.result.__typename).toBe('UploadAccepted');
    const file = couponFile(32 * 1024 * 1024);
    const { data } = await send(started.url, { file, fileName: 'other.csv' });
    expect(data.result.__typename).toBe('InvalidInputError');
    expect(uploads(started.sandbox)).toHaveLength(1);
    await eventually(() => expect(timers.running()).toBe(0));
  });

  test('returns the job also when it is over, and however many others there are', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    const first = await send(url);
    for (const { jobId } of sandbox.jobs.list()) sandbox.jobs.finish(jobId);
    for (let other = 0; other < 5; other += 1) await send(url, { key: `other-import-${other}` });
    const repeat = await send(url);
    expect(repeat.data.result).toMatchObject({ replayed: true, jobs: first.data.result.jobs });
    expect(sandbox.jobs.list()).toHaveLength(6);
  });

  test('returns the job when the file name was longer than what upstream gets of it', async () => {
    await using started = await startGateway();
    const fileName = `${'ж'.repeat(120)}.csv`;
    const first = await send(started.url, { fileName });
    expect(first.data.result).toMatchObject({ replayed: false, file: { name: fileName } });
    expect((await send(started.url, { fileName })).data.result).toMatchObject(accepted(started, true));
  });

  test('returns the job when another program writes the accents of the file name apart', async () => {
    await using started = await startGateway();
    const fileName = 'Frühling été.csv';
    const first = await send(started.url, { fileName: fileName.normalize('NFC') });
    expect(first.data.result).toMatchObject({ replayed: false });
    const repeat = await send(started.url, { fileName: fileName.normalize('NFD') });
    expect(repeat.data.result).toMatchObject({ __typename: 'UploadAccepted', replayed: true });
  });

  test('with a file that is wrong as a whole by now is refused for the file', async () => {
    await using started = await startGateway();
    await send(started.url);
    const { data } = await send(started.url, { file: 'mobile,coupon\n919999999991,"A1\n' });
    expect(data.result).toMatchObject({ __typename: 'InvalidFileError', idempotencyKey, jobs: [] });
    expect(uploads(started.sandbox)).toHaveLength(1);
  });
});

describe('Before anything is sent', () => {
  test.each<{ name: string; fault: Fault; expected: object }>([
    {
      name: 'is out of reach',
      fault: { kind: 'status', status: 502 },
      expected: { errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] },
    },
    {
      name: 'refuses the token',
      fault: { kind: 'status', status: 401 },
      expected: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    },
    {
      name: 'refuses the series',
      fault: { kind: 'status', status: 404 },
      expected: { data: { result: { __typename: 'UpstreamRejectedError', idempotencyKey, jobs: [] } } },
    },
  ])('a key is looked up, and nothing is when the list $name', async ({ fault, expected }) => {
    await using started = await startGateway();
    started.sandbox.faults.set({ call: 'getUploadStatus', fault });
    expect(await send(started.url)).toMatchObject(expected);
    expect(uploads(started.sandbox)).toHaveLength(0);
  });

  test.each([
    { name: 'too short', key: 'seven77' },
    { name: 'too long', key: 'k'.repeat(65) },
    { name: 'with a blank', key: 'monday import' },
    { name: 'with a dot', key: 'monday.import' },
    { name: 'with a line end', key: 'monday-import\n' },
    { name: 'with other letters', key: 'понедельник' },
    { name: 'empty', key: '' },
  ])('a key that is $name is refused', async ({ key }) => {
    await using started = await startGateway();
    const { data } = await send(started.url, { key });
    expect(data.result).toMatchObject({
      __typename: 'InvalidInputError',
      field: 'input.options.idempotencyKey',
    });
    expect(started.sandbox.requests).toHaveLength(0);
  });

  test.each([
    { name: 'none', options: null },
    { name: 'an empty object', options: {} },
    {
      name: 'the defaults',
      options: { idempotencyKey: null, dryRun: false, maxRowsPerJob: null, rowProblems: 'REPORT' },
    },
    { name: 'nothing but nulls', options: { dryRun: null, rowProblems: null } },
  ])('no list is asked for with $name as options', async ({ options }) => {
    await using started = await startGateway();
    const { data } = await upload(started.url, { ...batch, input: { ...mobileInput, options } });
    expect(data.result).toMatchObject({ __typename: 'UploadAccepted', replayed: false });
    expect(started.sandbox.requests.map(({ call }) => call)).toEqual(['uploadFile']);
  });
});

test('Without a key, the same file makes a job each time, each with a key of its own', async () => {
  await using started = await startGateway();
  for (let time = 0; time < 2; time += 1) {
    const { data } = await send(started.url, { key: null });
    expect(data.result).toMatchObject({ __typename: 'UploadAccepted', replayed: false });
  }
  expect(started.sandbox.jobs.list()).toHaveLength(2);
  expect(new Set(uploads(started.sandbox).map(({ fileName }) => fileName)).size).toBe(2);
});

test.each([
  { name: 'coupons', request: batch, kind: 'COUPON_BATCH' },
  { name: 'redeemed coupons', request: redeemed, kind: 'REDEEMED_COUPONS' },
])('The file name of $name is shown without the key, wherever it stands', async ({ request, kind }) => {
  await using started = await startGateway();
  const { sandbox, url } = started;
  const first = await send(url, request);
  const repeat = await send(url, request);
  const otherName = await send(url, { ...request, fileName: 'other.csv' });
  const [{ id }] = first.data.result.jobs;
  const jobFields = 'id uploadedFileName';
  const read = await ask(
    url,
    `query ($id: ID!, $kind: UploadJobKind!) {
      uploadJob(id: $id) { ${jobFields} }
      couponSeries(id: "541854") { uploadJobs(kind: $kind) { edges { node { ${jobFields} } } } }
    }`,
    { variables: { id, kind } },
  );
  sandbox.jobs.finish(Number(id.split(':')[2]));
  const watched = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      'x-cap-api-oauth-token': token,
    },
    body: JSON.stringify({ query: `subscription { uploadJobUpdated(ids: "${id}") { ${jobFields} } }` }),
  });
  const job = { id, uploadedFileName: request.fileName };
  expect(read.data).toEqual({
    uploadJob: job,
    couponSeries: { uploadJobs: { edges: [{ node: job }] } },
  });
  const events = await watched.text();
  expect(events).toContain(`"uploadedFileName":${JSON.stringify(request.fileName)}`);
  const all = JSON.stringify([first, repeat, otherName, read, events]);
  expect(all).not.toContain(fileKey(idempotencyKey));
  expect(uploads(sandbox)[0]?.fileName).toContain(fileKey(idempotencyKey));
});

/** Counts the intervals that start from now on and are not cleared. */
function watchTimers() {
  const started = vi.spyOn(globalThis, 'setInterval');
  const cleared = vi.spyOn(globalThis, 'clearInterval');
  onTestFinished(() => {
    started.mockRestore();
    cleared.mockRestore();
  });
  const ended = () => new Set<unknown>(cleared.mock.calls.map(([timer]) => timer));
  return { running: () => started.mock.results.filter(({ value }) => !ended().has(value)).length };
}

test.each([false, true])(
  'A file that is refused without a key has one all the same, to repeat with: dryRun %j',
  async (dryRun) => {
    await using started = await startGateway();
    const input = { ...mobileInput, options: { dryRun } };
    const { data } = await upload(started.url, { ...batch, input, file: 'mobile,coupon\n' });
    expect(data.result).toMatchObject({
      __typename: 'InvalidFileError',
      idempotencyKey: expect.stringMatching(/^[\w-]{8,64}$/),
    });
    const repeat = await send(started.url, { key: data.result.idempotencyKey });
    expect(repeat.data.result).toMatchObject(accepted(started, false));
  },
);
