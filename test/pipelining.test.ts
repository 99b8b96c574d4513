import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from './support/eventually.ts';
import { token } from './support/graphql-client.ts';
import { openConnection } from './support/raw-connection.ts';
import { exchange, requestHead } from './support/raw-graphql.ts';
import { startGateway } from './support/start-gateway.ts';
import { addJob, readMetric } from './support/subscription-clients.ts';
import { useGateway } from './support/use-gateway.ts';

const gateway = useGateway();

const query = requestHead('GET', '/graphql?query=%7B__typename%7D');
const executed = async () => {
  const metrics = await (await fetch(new URL('/metrics', gateway.url))).text();
  return Number(/gateway_operations_total\{type="query",code="OK"\} (\d+)/.exec(metrics)?.[1]);
};

describe('Requests on one connection that do not wait for their answers', () => {
  test('are cut when there are more than 100, and the rest of them is not executed', async () => {
    const before = await executed();
    using connection = await openConnection(gateway.url);
    await connection.write(query.repeat(500));
    await connection.closed();
    expect((await executed()) - before).toBeLessThanOrEqual(100);
  });

  test('are all answered when there are 100 at a time, time and again', async () => {
    using connection = await openConnection(gateway.url);
    let received = '';
    const { socket } = connection;
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text;
    });
    socket.resume();
    for (let round = 1; round <= 3; round += 1) {
      await connection.write(query.repeat(100));
      await expect.poll(() => received.split('{"data":{"__typename":"Query"}}').length - 1).toBe(100 * round);
    }
  });
});

/** How often everybody else had their turn before `done`. */
async function roundsUntil(done: Promise<unknown>): Promise<number> {
  let rounds = 0;
  let isDone = false;
  const end = () => {
    isDone = true;
  };
  done.then(end, end);
  for (; !isDone; rounds += 1) await new Promise(setImmediate);
  return rounds;
}

describe('Operations that come in one piece let everybody else have their turn between two of them', () => {
  test('over HTTP', async () => {
    using connection = await openConnection(gateway.url);
    const { socket } = connection;
    let received = '';
    const answered = new Promise<void>((resolve) => {
      socket.setEncoding('utf8').on('data', (text: string) => {
        received += text;
        if (received.split('{"data":{"__typename":"Query"}}').length > 100) resolve();
      });
    });
    socket.resume();
    await connection.write(query.repeat(100));
    expect(await roundsUntil(answered)).toBeGreaterThanOrEqual(99);
  });

  test('over WebSocket', async () => {
    const socket = new WebSocket(gateway.url, 'graphql-transport-ws');
    using _ended = { [Symbol.dispose]: () => socket.terminate() };
    await once(socket, 'open');
    const answered = new Promise<void>((resolve) => {
      let left = 100;
      socket.on('message', (data) => {
        if (JSON.parse(String(data)).type === 'complete' && --left === 0) resolve();
      });
    });
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    const { _socket: tcp } = socket as unknown as { readonly _socket: Socket };
    tcp.cork();
    for (let id = 0; id < 100; id += 1) {
      socket.send(
        JSON.stringify({ id: String(id), type: 'subscribe', payload: { query: '{ __typename }' } }),
      );
    }
    tcp.uncork();
    expect(await roundsUntil(answered)).toBeGreaterThanOrEqual(99);
  });
});

describe('Requests that wait behind another one on their connection', () => {
  const sse = { accept: 'text/event-stream', 'x-cap-api-oauth-token': token };
  const watch = (id: string) =>
    requestHead(
      'GET',
      `/graphql?query=${encodeURIComponent(`subscription { uploadJobUpdated(ids: ["${id}"]) { id } }`)}`,
      sse,
    );
  const readJob = requestHead(
    'GET',
    `/graphql?query=${encodeURIComponent('{ uploadJob(id: "COUPON_BATCH:541854:1") { id } }')}`,
    { 'x-cap-api-oauth-token': token },
  );

  test('end with it, and leave nothing that runs on for nobody', async () => {
    await using own = await startGateway();
    const { id } = await addJob(own.sandbox);
    own.sandbox.jobs.hold();
    using connection = await openConnection(own.url);
    await connection.write(watch(id).repeat(3));
    await eventually(async () => expect(await readMetric(own.url, 'gateway_watchers')).toBe(3));
    connection.socket.destroy();
    await eventually(async () => expect(await readMetric(own.url, 'gateway_watchers')).toBe(0));
    const closesAt = performance.now();
    await own.gateway.close(10_000);
    expect(performance.now() - closesAt).toBeLessThan(5_000);
  });

  test('are given up when its answer closes the connection, although one of them still sends its body', async () => {
    // Node closes behind an answer without the `100 Continue` that was asked for.
    const closing = requestHead('GET', '/healthz', { expect: '100-continue' });
    const refused = requestHead('POST', '/healthz', { 'content-length': 4 });
    using connection = await openConnection(gateway.url);
    let received = '';
    connection.socket.on('data', (bytes: Buffer) => {
      received += bytes.toString();
    });
    await connection.write(closing + refused);
    // By then they would have been let in again behind the answer, out of their turn.
    await connection.write(`body${requestHead('GET', '/healthz')}`).catch(() => {});
    await connection.closed();
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    expect(await exchange(gateway.url, requestHead('GET', '/healthz'))).toMatchObject({ status: 200 });
  });

  test.each([requestHead('GET', '/healthz'), 'garbage\r\n\r\n'])(
    'get no answer behind one that was to be the last of its connection: %j',
    async (more) => {
      using connection = await openConnection(gateway.url);
      await connection.write(requestHead('GET', '/healthz', { connection: 'close' }) + more);
      let received = '';
      for await (const chunk of connection.socket) received += chunk;
      expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    },
  );

  test.each([
    { name: 'no HTTP', broken: 'garbage\r\n\r\n', code: 'BAD_REQUEST' },
    { name: 'cut within its headers', broken: 'GET /graphql HT', code: 'TRUNCATED' },
    { name: 'no HTTP, and goes on', broken: 'garbage\r\n\r\n'.repeat(1_000), code: 'BAD_REQUEST' },
  ])('are answered in their order, also when the last is broken: $name', async ({ broken, code }) => {
    gateway.sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'latency', ms: 300 }, times: 1 });
    using connection = await openConnection(gateway.url);
    await connection.write(readJob + query + broken);
    connection.socket.end();
    let received = '';
    for await (const chunk of connection.socket) received += chunk;
    expect(received.match(/HTTP\/1\.1 [2-5]\d\d|"uploadJob":null|"Query"|"code":"\w+"/g)).toEqual([
      'HTTP/1.1 200',
      '"uploadJob":null',
      'HTTP/1.1 200',
      '"Query"',
      'HTTP/1.1 400',
      `"code":"${code}"`,
    ]);
  });
});
