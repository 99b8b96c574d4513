import { describe, expect, test, vi } from 'vitest';
import { passThroughCredential } from '../src/capillary/pass-through-credential.ts';
import type { UpstreamJob } from '../src/capillary/upstream-job.ts';
import { deferred } from '../src/flow/deferred.ts';
import { createFairQueue } from '../src/flow/fair-queue.ts';
import { createShareInFlight } from '../src/flow/share-in-flight.ts';
import { createSeriesJobs } from '../src/jobs/series-jobs.ts';
import { eventually } from './support/eventually.ts';
import { ask, mobileInput, upload } from './support/graphql-client.ts';
import { startGateway } from './support/start-gateway.ts';

const lookUp = 'query ($v: [_Any!]!) { _entities(representations: $v) { ... on UploadJob { id } } }';

/** Of as many series, so that each is a call upstream. */
const jobs = (count: number) => ({
  v: Array.from({ length: count }, (_, at) => ({ __typename: 'UploadJob', id: `COUPON_BATCH:${at + 1}:1` })),
});

describe('Reading hundreds of lists', () => {
  test.each([
    ['UNAUTHENTICATED', 401],
    ['RATE_LIMITED', 429],
  ])('a token that is refused is not sent for each of them: %s', async (code, status) => {
    await using started = await startGateway();
    started.sandbox.faults.set({ call: 'any', fault: { kind: 'status', status, retryAfter: 60 } });
    const { errors } = await ask(started.url, lookUp, { variables: jobs(500) });
    expect(errors).toHaveLength(500);
    expect(new Set(errors?.map(({ extensions }) => extensions['code']))).toEqual(new Set([code]));
    expect(started.sandbox.requests.length).toBeLessThanOrEqual(32);
  });

  test('does not keep another caller waiting', async () => {
    await using started = await startGateway();
    started.sandbox.faults.set({ call: 'any', fault: { kind: 'latency', ms: 200 } });
    let isDone = false;
    const many = ask(started.url, lookUp, { variables: jobs(400) }).finally(() => {
      isDone = true;
    });
    await eventually(() => expect(started.sandbox.openRequests()).toBe(32));
    const headers = { 'x-cap-api-oauth-token': 'another' };
    const { errors } = await ask(started.url, lookUp, { variables: jobs(1), headers });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(isDone).toBe(false);
    started.sandbox.faults.clear();
    expect((await many).errors).toBeUndefined();
    expect(started.sandbox.requests).toHaveLength(401);
  });
});

test('Forty uploads that first look for their keys leave three quarters of the sockets to other callers', async () => {
  await using started = await startGateway();
  started.sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'latency', ms: 200 } });
  const uploads = Array.from({ length: 40 }, (_, at) =>
    upload(started.url, { input: { ...mobileInput, options: { idempotencyKey: `of-upload-${at}` } } }),
  );
  for (const { errors } of await Promise.all(uploads)) expect(errors).toBeUndefined();
  const looks = started.sandbox.requests.filter(({ call }) => call === 'getUploadStatus');
  expect(looks).toHaveLength(40);
  const atOnce = looks.map(({ startedAtMs }) => {
    const running = looks.filter(
      (each) => each.startedAtMs <= startedAtMs && (each.endedAtMs ?? 0) > startedAtMs,
    );
    return running.length;
  });
  expect(Math.max(...atOnce)).toBeLessThanOrEqual(32);
});

test('A hundred operations that read one list at the same time cost one call, whoever has a turn', async () => {
  const answer = deferred<readonly UpstreamJob[]>();
  const listJobs = vi.fn(() => answer.promise);
  const shared = {
    listJobs,
    inFlight: createShareInFlight<readonly UpstreamJob[]>(),
    inTurn: createFairQueue(2),
  };
  const credential = passThroughCredential('token');
  const reads = Array.from({ length: 100 }, () =>
    createSeriesJobs({
      ...shared,
      credential: () => credential,
      signal: new AbortController().signal,
    }).list({ kind: 'COUPON_BATCH', couponSeriesId: '1' }),
  );
  await eventually(() => expect(listJobs).toHaveBeenCalled());
  answer.resolve([]);
  expect(await Promise.all(reads)).toEqual(Array(100).fill([]));
  expect(listJobs).toHaveBeenCalledOnce();
});

test("Who asks for one list with the gateway's own credential waits for no line of another operation", async () => {
  const answer = deferred<readonly UpstreamJob[]>();
  const listJobs = vi.fn((_: { readonly couponSeriesId: string }) => answer.promise);
  const inFlight = createShareInFlight<readonly UpstreamJob[]>();
  const credential = { ...passThroughCredential('token'), renewable: true };
  const shared = { listJobs, inFlight, inTurn: createFairQueue(1), credential: () => credential };
  const [many, one] = [1, 2].map(() => createSeriesJobs({ ...shared, signal: new AbortController().signal }));
  const reads = [
    many?.list({ kind: 'COUPON_BATCH', couponSeriesId: '1' }),
    many?.list({ kind: 'COUPON_BATCH', couponSeriesId: '2' }),
  ];
  await eventually(() => expect(listJobs).toHaveBeenCalledOnce());
  reads.push(one?.list({ kind: 'COUPON_BATCH', couponSeriesId: '2' }));
  await eventually(() => expect(listJobs.mock.lastCall?.[0].couponSeriesId).toBe('2'));
  answer.resolve([]);
  expect(await Promise.all(reads)).toEqual([[], [], []]);
});

describe('A fair queue', () => {
  const { signal } = new AbortController();

  test('lets the next one in when one fails', async () => {
    const inTurn = createFairQueue(1);
    const failing = inTurn('a', signal, () => Promise.reject(new Error('no')));
    const next = inTurn('a', signal, async () => 'next');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('next');
  });

  test('takes no work of who has given up before', async () => {
    const reason = new Error('gone');
    const work = vi.fn(async () => 'given up');
    await expect(createFairQueue(1)('a', AbortSignal.abort(reason), work)).rejects.toBe(reason);
    expect(work).not.toHaveBeenCalled();
  });

  test('passes over who gave up while waiting, and tells it why', async () => {
    const inTurn = createFairQueue(1);
    const first = deferred();
    const controller = new AbortController();
    const work = vi.fn(async () => 'given up');
    const running = inTurn('a', signal, () => first.promise);
    const waiting = inTurn('a', controller.signal, work);
    const last = inTurn('a', signal, async () => 'last');
    controller.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    first.resolve();
    await running;
    expect(await last).toBe('last');
    expect(work).not.toHaveBeenCalled();
  });

  test('lets no more in at once than it may, however they come and go', async () => {
    const inTurn = createFairQueue(3);
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running -= 1;
    };
    const fifty = () => Array.from({ length: 50 }, () => inTurn('a', new AbortController().signal, work));
    await Promise.all(fifty());
    await Promise.all(fifty());
    expect(most).toBe(3);
  });
});
