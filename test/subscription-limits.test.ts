import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from './support/eventually.ts';
import { ask, token } from './support/graphql-client.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import {
  addJob,
  fast,
  nextJob,
  type Operation,
  outcome,
  readMetric,
  transports,
  watchJobs,
} from './support/subscription-clients.ts';

let gateway: TestGateway;
let id: string;
let request: { query: string; variables: { ids: string[] } };
beforeEach(async () => {
  const tokens = { [token]: { orgId: 100458 }, 'other-token': { orgId: 100459 } };
  gateway = await startGateway({
    env: { ...fast.env, MAX_SUBSCRIPTIONS_PER_CREDENTIAL: '2' },
    sandbox: { tokens },
  });
  ({ id } = await addJob(gateway.sandbox));
  request = { query: watchJobs, variables: { ids: [id] } };
});
afterEach(() => {
  vi.useRealTimers();
  return gateway[Symbol.asyncDispose]();
});

const limited = { data: [], errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 5 } }] };
const named = transports.map((transport) => ({ transport, name: transport.name }));

async function watchTwo(): Promise<Operation[]> {
  const two = [0, 1].map(
    (at) => named[at % named.length]?.transport.start(gateway.url, request) as Operation,
  );
  for (const operation of two) await nextJob(operation);
  return two;
}

describe.each(named)('A third subscription with one token, over $name', ({ transport }) => {
  test('is refused', async () => {
    const two = await watchTwo();
    expect(await outcome(transport.start(gateway.url, request))).toMatchObject(limited);
    expect(await readMetric(gateway.url, 'gateway_watchers')).toBe(2);
    for (const operation of two) await operation.return();
  });

  test('is taken when one of the others has been given up', async () => {
    const [first, second] = await watchTwo();
    await first?.return();
    await eventually(async () => expect(await readMetric(gateway.url, 'gateway_watchers')).toBe(1));
    await using third = transport.start(gateway.url, request);
    expect(await nextJob(third)).toMatchObject({ id });
    expect(await outcome(transport.start(gateway.url, request))).toMatchObject(limited);
    await second?.return();
  });

  test('is taken when those before have come to their end', async () => {
    const two = await watchTwo();
    gateway.sandbox.jobs.setStatus(Number(id.split(':')[2]), 'FINISHED');
    for (const operation of two) await outcome(operation);
    await using third = transport.start(gateway.url, request);
    expect(await nextJob(third)).toMatchObject({ id, isTerminal: true });
  });

  test('is taken with another token', async () => {
    const two = await watchTwo();
    const others = transport.start(gateway.url, request, { token: 'other-token' });
    const { errors } = await outcome(others);
    expect(JSON.stringify(errors)).not.toContain('RATE_LIMITED');
    for (const operation of two) await operation.return();
  });
});

describe('A WebSocket', () => {
  async function open(): Promise<WebSocket> {
    const socket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    return socket;
  }
  const next = async (socket: WebSocket) => JSON.parse(String((await once(socket, 'message'))[0]));

  test('runs 500 operations at once and no more', async () => {
    const socket = await open();
    socket.send(JSON.stringify({ type: 'connection_init', payload: { 'x-cap-api-oauth-token': token } }));
    expect(await next(socket)).toMatchObject({ type: 'connection_ack' });
    const told = new Map<string, string>();
    socket.on('message', (data) => {
      const { id: operation, type, payload } = JSON.parse(String(data));
      if (type === 'error') told.set(operation, payload[0].extensions.code);
    });
    gateway.sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'hang', at: 'before' } });
    const query = '{ couponSeries(id: "541854") { uploadJobs(kind: COUPON_BATCH) { totalCount } } }';
    for (let at = 0; at < 503; at += 1) {
      socket.send(JSON.stringify({ id: `q${at}`, type: 'subscribe', payload: { query } }));
    }
    await eventually(() =>
      expect([...told]).toEqual([
        ['q500', 'RATE_LIMITED'],
        ['q501', 'RATE_LIMITED'],
        ['q502', 'RATE_LIMITED'],
      ]),
    );
    socket.close();
    await once(socket, 'close');
  });

  test('that never says who it is for is closed after five seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const socket = await open();
    const closed = once(socket, 'close');
    vi.advanceTimersByTime(4_999);
    socket.ping();
    await once(socket, 'pong');
    expect(socket.readyState).toBe(WebSocket.OPEN);
    vi.advanceTimersByTime(1);
    expect((await closed)[0]).toBe(4408);
  });
});

test('What a subscription reads beside a change waits for its turn in the budget of polls, and no query does', async () => {
  await using own = await startGateway({ env: { ...fast.env, POLL_BUDGET_PER_MINUTE: '1' } });
  const job = await addJob(own.sandbox);
  own.sandbox.jobs.hold();
  const fields = (kind: string) => `couponSeries { uploadJobs(kind: ${kind}) { totalCount } }`;
  const [transport] = transports;
  await using operation = transport?.start(own.url, {
    query: `subscription { uploadJobUpdated(ids: "${job.id}") { ${fields('REDEEMED_COUPONS')} } }`,
  }) as Operation;
  const poll = own.sandbox.nextRequest('getUploadStatus');
  const first = operation.next();
  await poll;
  await eventually(async () => expect(await readMetric(own.url, 'gateway_poll_budget_left_lowest')).toBe(0));
  const query = `{ uploadJob(id: "${job.id}") { ${fields('COUPON_BATCH')} } }`;
  expect((await ask(own.url, query)).data.uploadJob.couponSeries.uploadJobs).toEqual({ totalCount: 1 });
  const calls = own.sandbox.requests.map(({ call }) => call);
  expect(calls).toEqual(['uploadFile', 'getUploadStatus', 'getUploadStatus']);
  const closesAt = performance.now();
  await own.gateway.close(10_000);
  expect(performance.now() - closesAt).toBeLessThan(5_000);
  await first.catch(() => {});
});
