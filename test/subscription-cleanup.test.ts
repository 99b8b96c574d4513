import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { LoggedRequest } from '../src/sandbox/requests/logged-request.ts';
import { eventually } from './support/eventually.ts';
import { token } from './support/graphql-client.ts';
import { openConnection } from './support/raw-connection.ts';
import { requestHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import {
  addJob,
  fast,
  nextJob,
  type Operation,
  pollsOf,
  readMetric,
  type Transport,
  transports,
  watchJobs,
} from './support/subscription-clients.ts';

let gateway: TestGateway;
/** The gateway's side of each connection. */
let sockets: Socket[];
const onSocket = (message: unknown) => {
  const { socket } = message as { socket: Socket };
  if (socket.localPort === gateway.port) sockets.push(socket);
};

beforeEach(async () => {
  sockets = [];
  gateway = await startGateway({ env: { ...fast.env, MAX_QUERY_ALIASES: '1200' } });
  gateway.sandbox.jobs.hold();
  subscribe('net.server.socket', onSocket);
});
afterEach(async () => {
  unsubscribe('net.server.socket', onSocket);
  await gateway[Symbol.asyncDispose]();
});

const count = (name: 'watchers' | 'poll_loops') => readMetric(gateway.url, `gateway_${name}`);

/** A client that watches a job, and can go in its way. */
interface Client {
  /** Resolves with the first state. */
  watching: Promise<unknown>;
  leave(): void;
}

const operationClient = (operation: Operation, leave: (operation: Operation) => void): Client => ({
  watching: nextJob(operation),
  leave: () => leave(operation),
});

async function rawStream(id: string, accept: string, leave: (socket: Socket) => void): Promise<Client> {
  const { socket } = await openConnection(gateway.url);
  const body = JSON.stringify({ query: watchJobs, variables: { ids: [id] } });
  const head = requestHead('POST', '/graphql', {
    accept,
    'content-type': 'application/json',
    'content-length': body.length,
    'x-cap-api-oauth-token': token,
  });
  socket.write(head + body);
  socket.resume();
  let received = '';
  const watching = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      received += chunk;
      if (received.includes('"STARTED"')) resolve();
    });
  });
  return { watching, leave: () => leave(socket) };
}

async function rawWebSocket(
  id: string,
  leave: (socket: WebSocket) => void,
  query = watchJobs,
): Promise<Client> {
  const socket = new WebSocket(gateway.url.replace('http', 'ws'), ['graphql-transport-ws']);
  await once(socket, 'open');
  const say = (message: object) => socket.send(JSON.stringify(message));
  say({ type: 'connection_init', payload: { 'x-cap-api-oauth-token': token } });
  await once(socket, 'message');
  say({ id: '1', type: 'subscribe', payload: { query, variables: { ids: [id] } } });
  return { watching: once(socket, 'message'), leave: () => leave(socket) };
}

const [sse, webSocket, multipart] = transports as readonly [Transport, Transport, Transport];
const multipartType = 'multipart/mixed;subscriptionSpec=1.0';
const request1 = (id: string) => ({ query: watchJobs, variables: { ids: [id] } });

const ways: Record<string, (id: string) => Client | Promise<Client>> = {
  'return() of the SSE client': (id) =>
    operationClient(sse.start(gateway.url, request1(id)), (operation) => void operation.return()),
  'an SSE socket that is closed': (id) => rawStream(id, 'text/event-stream', (socket) => socket.destroy()),
  'an SSE socket that is reset, as by a lost network': (id) =>
    rawStream(id, 'text/event-stream', (socket) => socket.resetAndDestroy()),
  'return() of the WebSocket client': (id) =>
    operationClient(webSocket.start(gateway.url, request1(id)), (operation) => void operation.return()),
  'return() of the multipart client': (id) =>
    operationClient(multipart.start(gateway.url, request1(id)), (operation) => void operation.return()),
  'a multipart socket that is reset': (id) =>
    rawStream(id, multipartType, (socket) => socket.resetAndDestroy()),
  'a close frame': (id) => rawWebSocket(id, (socket) => socket.close()),
  'a close frame, and does not end its connection': (id) =>
    rawWebSocket(id, (socket) => {
      socket.close();
      // It does not even read the answer.
      socket.pause();
    }),
  'a message for which it is told to go, and stays': (id) =>
    rawWebSocket(id, (socket) => {
      socket.send('{');
      socket.pause();
    }),
  'a WebSocket that is cut': (id) => rawWebSocket(id, (socket) => socket.terminate()),
};

describe('a client that goes away', () => {
  /**
   * For how long nothing was done from the server seeing it to upstream seeing the poll cut, in ms. All three are in this
   * process: that it has to wait for a busy machine does not count.
   */
  async function msToFree(client: Client, poll: LoggedRequest): Promise<number> {
    let seen: ReturnType<typeof performance.eventLoopUtilization> | undefined;
    const onClose = () => {
      seen ??= performance.eventLoopUtilization();
    };
    for (const socket of sockets) if (!socket.destroyed) socket.once('close', onClose);
    client.leave();
    expect((await poll.done).aborted).toBe(true);
    // Nothing to measure where the poll was cut first.
    return seen === undefined ? 0 : performance.eventLoopUtilization(seen).idle;
  }

  /** The next poll, which upstream does not answer. */
  async function hungPoll(): Promise<LoggedRequest> {
    const { sandbox } = gateway;
    sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'hang', at: 'after' } });
    // One that is under way still has its answer.
    await Promise.all(
      pollsOf(sandbox)
        .filter((poll) => poll.endedAtMs === undefined)
        .map((poll) => poll.done),
    );
    return sandbox.started('getUploadStatus');
  }

  /** Another series goes on being polled meanwhile: that is the clock. */
  async function expectNoPollOf(series: string): Promise<void> {
    const { sandbox, url } = gateway;
    const before = pollsOf(sandbox).filter(({ couponSeriesId }) => couponSeriesId === series).length;
    const { id } = await addJob(sandbox, { series: '999' });
    await using clock = sse.start(url, request1(id));
    await nextJob(clock);
    for (let polls = 0; polls < 5; polls += 1) {
      await sandbox.nextRequest(({ couponSeriesId }) => couponSeriesId === '999');
    }
    const after = pollsOf(sandbox).filter(({ couponSeriesId }) => couponSeriesId === series).length;
    expect(after).toBe(before);
  }

  test.each(Object.entries(ways))('by %s frees everything within 50 ms', async (_, connect) => {
    const { sandbox } = gateway;
    const { id } = await addJob(sandbox);
    const client = await connect(id);
    await client.watching;
    expect([await count('watchers'), await count('poll_loops')]).toEqual([1, 1]);
    const poll = await hungPoll();
    expect(await msToFree(client, poll)).toBeLessThan(50);
    sandbox.faults.clear();
    expect([await count('watchers'), await count('poll_loops')]).toEqual([0, 0]);
    await expectNoPollOf('541854');
  });

  test.each(Object.entries(ways))('by %s before it has seen a state', async (_, connect) => {
    const { sandbox } = gateway;
    const { id } = await addJob(sandbox);
    const hung = hungPoll();
    const client = await connect(id);
    client.watching.catch(() => {});
    const poll = await hung;
    expect(await msToFree(client, poll)).toBeLessThan(50);
    sandbox.faults.clear();
    expect([await count('watchers'), await count('poll_loops')]).toEqual([0, 0]);
    await expectNoPollOf('541854');
  });

  test('by a complete message, while its WebSocket stays open', async () => {
    const { sandbox } = gateway;
    const { id } = await addJob(sandbox);
    const client = await rawWebSocket(id, (socket) => socket.send('{"id":"1","type":"complete"}'));
    await client.watching;
    const poll = await hungPoll();
    const left = performance.eventLoopUtilization();
    client.leave();
    expect((await poll.done).aborted).toBe(true);
    expect(performance.eventLoopUtilization(left).idle).toBeLessThan(50);
    sandbox.faults.clear();
    expect([await count('watchers'), await count('poll_loops')]).toEqual([0, 0]);
    await expectNoPollOf('541854');
  });

  test('by a complete message for a query whose answer is on its way', async () => {
    const { sandbox } = gateway;
    const { id } = await addJob(sandbox);
    const hung = hungPoll();
    const query = `{ uploadJob(id: "${id}") { status } }`;
    const client = await rawWebSocket(id, (socket) => socket.send('{"id":"1","type":"complete"}'), query);
    const poll = await hung;
    const left = performance.eventLoopUtilization();
    client.leave();
    expect((await poll.done).aborted).toBe(true);
    expect(performance.eventLoopUtilization(left).idle).toBeLessThan(50);
  });

  test('while its request is still being read', async () => {
    const { socket } = await openConnection(gateway.url);
    const { id } = await addJob(gateway.sandbox);
    const body = JSON.stringify(request1(id));
    const head = requestHead('POST', '/graphql', {
      ...{ accept: 'text/event-stream', 'content-type': 'application/json' },
      ...{ 'content-length': body.length, 'x-cap-api-oauth-token': token },
    });
    socket.write(head + body.slice(0, -1));
    await eventually(() => expect(sockets).toHaveLength(1));
    const closed = new Promise((resolve) => sockets[0]?.once('close', resolve));
    socket.write(body.slice(-1));
    socket.resetAndDestroy();
    await closed;
    await eventually(async () => expect(await count('watchers')).toBe(0));
    await expectNoPollOf('541854');
  });

  test('leaves those who stay their polls', async () => {
    const { sandbox } = gateway;
    const { id, number } = await addJob(sandbox);
    const staying = [sse, webSocket].map((transport) => transport.start(gateway.url, request1(id)));
    const leaving = [sse, webSocket].map((transport) => transport.start(gateway.url, request1(id)));
    for (const operation of [...staying, ...leaving]) await nextJob(operation);
    for (const operation of leaving) await operation.return();
    await eventually(async () => expect(await count('watchers')).toBe(2));
    sandbox.jobs.advance(number);
    for (const operation of staying) expect(await nextJob(operation)).toMatchObject({ status: 'VALIDATED' });
    for (const operation of staying) await operation.return();
    await eventually(async () => expect(await count('poll_loops')).toBe(0));
  });
});

test('200 watchers come and go, and nothing of them is left', async () => {
  const { id } = await addJob(gateway.sandbox);
  const comeAndGo = async (watchers: number) => {
    const operations = Array.from({ length: watchers }, (_, index) =>
      (index % 2 === 0 ? sse : webSocket).start(gateway.url, request1(id)),
    );
    for (const operation of operations) await nextJob(operation);
    expect(await count('watchers')).toBe(watchers);
    await Promise.all(operations.map((operation) => operation.return()));
    await eventually(async () => expect(await count('watchers')).toBe(0));
    expect(await count('poll_loops')).toBe(0);
  };
  const resources = () => {
    const counts = { Timeout: 0, TCPSocketWrap: 0 };
    for (const name of process.getActiveResourcesInfo()) if (name in counts) counts[name as 'Timeout'] += 1;
    return counts;
  };
  await comeAndGo(4);
  await eventually(() => expect(sockets.filter((socket) => !socket.destroyed)).toEqual([]));
  const base = resources();
  await comeAndGo(200);
  await eventually(() => {
    expect(sockets.filter((socket) => !socket.destroyed)).toEqual([]);
    const left = resources();
    expect(left.Timeout).toBeLessThanOrEqual(base.Timeout);
    expect(left.TCPSocketWrap).toBeLessThanOrEqual(base.TCPSocketWrap);
    // Timers that are not theirs come and go within seconds: of idle connections, of the date that answers carry.
  }, 20_000);
});

describe('a client that does not read', () => {
  const aliases = Array.from({ length: 1200 }, (_, index) => `a${index}: uploadedFileName`).join(' ');
  const query = `subscription ($ids: [ID!]!) { uploadJobUpdated(ids: $ids) { upstreamStatus ${aliases} } }`;
  const changes = 120;

  /** Far more than the kernel takes in: a result has a quarter of a megabyte. */
  async function change(number: number): Promise<void> {
    await gateway.sandbox.nextRequest('getUploadStatus');
    for (let step = 1; step <= changes; step += 1) {
      gateway.sandbox.jobs.setStatus(number, `STEP_${step}`);
      await gateway.sandbox.nextRequest('getUploadStatus');
      expect(Math.max(...sockets.map(({ writableLength }) => writableLength))).toBeLessThan(1_000_000);
    }
    gateway.sandbox.jobs.setStatus(number, 'FINISHED');
    await gateway.sandbox.nextRequest('getUploadStatus');
    await eventually(async () => expect(await count('poll_loops')).toBe(0));
  }

  function expectLatest(states: readonly string[]): void {
    const steps = states.slice(1, -1).map((state) => Number(state.replace('STEP_', '')));
    expect(states.at(0)).toBe('STARTED');
    expect(states.at(-1)).toBe('FINISHED');
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(new Set(steps).size).toBe(steps.length);
    expect(steps.length).toBeLessThan(changes / 2);
  }

  test.each([
    { name: 'SSE', accept: 'text/event-stream', end: 'event: complete\ndata:\n\n', pings: /:\n\n:\n\n/ },
    {
      name: 'multipart',
      accept: multipartType,
      end: '--graphql--\r\n',
      pings: /\{\}\r\n--graphql\r\n.*\r\n\r\n\{\}\r\n/,
    },
  ])('over $name finds the latest state after those that were on their way, and the end', async (stream) => {
    const { id, number } = await addJob(gateway.sandbox, { fileName: `${'x'.repeat(200)}.csv` });
    const { body } = await request(gateway.url, {
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/json', accept: stream.accept },
        'x-cap-api-oauth-token': token,
      },
      body: JSON.stringify({ query, variables: { ids: [id] } }),
    });
    await change(number);
    const received = await body.text();
    expectLatest([...received.matchAll(/"upstreamStatus":"(\w+)"/g)].map(([, state = '']) => state));
    expect(received.endsWith(stream.end)).toBe(true);
    expect(received).not.toMatch(stream.pings);
  });

  test('over WebSocket, too', async () => {
    const { id, number } = await addJob(gateway.sandbox, { fileName: `${'x'.repeat(200)}.csv` });
    const socket = new WebSocket(gateway.url.replace('http', 'ws'), ['graphql-transport-ws']);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { 'x-cap-api-oauth-token': token } }));
    await once(socket, 'message');
    socket.pause();
    const payload = { query, variables: { ids: [id] } };
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
    await change(number);
    const states: string[] = [];
    let last = '';
    socket.on('message', (message) => {
      last = String(message);
      const [, state] = /"upstreamStatus":"(\w+)"/.exec(last) ?? [];
      if (state) states.push(state);
      else socket.close();
    });
    socket.resume();
    await once(socket, 'close');
    expectLatest(states);
    expect(JSON.parse(last)).toEqual({ id: '1', type: 'complete' });
  });
});
