import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { assertClean } from './support/assert-clean.ts';
import { cpuMsOf } from './support/cpu-ms-of.ts';
import { eventually } from './support/eventually.ts';
import { encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection, type RawConnection } from './support/raw-connection.ts';
import { postForm, postHead, readGraphQL, requestHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { addJob, readMetric } from './support/subscription-clients.ts';

const idleTimeoutMs = 500;
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({
    env: {
      UPLOAD_IDLE_TIMEOUT_MS: String(idleTimeoutMs),
      POLL_MIN_INTERVAL_MS: '10',
      POLL_MAX_INTERVAL_MS: '20',
      POLL_BUDGET_PER_MINUTE: '1000000',
    },
  });
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** One byte each 50 ms, until `connection` has its answer. */
async function trickle(connection: RawConnection, bytes: Buffer) {
  let at = 0;
  const timer = setInterval(() => connection.socket.write(bytes.subarray(at, ++at)), 50);
  try {
    return readGraphQL(await connection.answer());
  } finally {
    clearInterval(timer);
  }
}

describe('A client that sends a byte now and then', () => {
  const padding = 'x'.repeat(1_000);
  const json = Buffer.from(JSON.stringify({ query: `{ __typename } #${padding}` }));

  test.each([
    {
      name: 'of a JSON body',
      head: postHead({ 'content-type': 'application/json', 'content-length': json.length }),
      body: json,
    },
    {
      name: 'of the operations of a form',
      head: postHead({ 'content-length': 5_000 }),
      body: encodeForm([operationsPart({ padding })]),
    },
    {
      name: 'of what stands before a form',
      head: postHead({ 'content-length': 5_000 }),
      body: Buffer.from(padding),
    },
    {
      name: 'of the map of a form',
      head: postHead({ 'content-length': 5_000 }) + encodeForm([operationsPart()], '\r\n'),
      body: encodeForm([mapPart({ [padding]: [] })]),
    },
  ])('$name is cut in bounded time', async ({ head, body }) => {
    using connection = await openConnection(gateway.url);
    const startedAt = performance.now();
    await connection.write(head);
    expect(await trickle(connection, body)).toMatchObject({ status: 408, code: 'REQUEST_TIMEOUT' });
    expect(performance.now() - startedAt).toBeLessThan(4 * idleTimeoutMs);
  });
});

test.each(['application/json', 'text/event-stream', 'multipart/mixed'])(
  'A client that takes %s is told that the connection ends when its body is refused before it has come',
  async (accept) => {
    using connection = await openConnection(gateway.url);
    await connection.write(postHead({ 'content-type': 'text/csv', 'content-length': 1e9, accept }));
    expect((await connection.answer()).headers).toMatchObject({ connection: 'close' });
  },
);

describe('A client that does not read', () => {
  test.each([
    { name: 'an answer of some megabytes', behind: '' },
    {
      name: 'an answer with an upgrade behind it',
      behind: requestHead('GET', '/healthz', { connection: 'Upgrade', upgrade: 'h2c' }),
    },
  ])('$name is cut, and so is what it left waiting', async ({ behind }) => {
    const fileName = `${'x'.repeat(200)}.csv`;
    for (let job = 0; job < 50; job += 1) await addJob(gateway.sandbox, { series: '77', fileName });
    const accepted = nextRequestSocket(gateway.port);
    using connection = await openConnection(gateway.url);
    const names = Array.from({ length: 99 }, (_, at) => `a${at}: uploadedFileName`).join(' ');
    const query = `{ couponSeries(id: "77") { uploadJobs(first: 50) { edges { node { ${names} } } } } }`;
    const body = JSON.stringify({ query });
    const head = postHead({ 'content-type': 'application/json', 'content-length': body.length });
    const startedAt = performance.now();
    await connection.write((head + body).repeat(pipelined) + behind);
    const serverSide = await accepted;
    if (!serverSide.destroyed) await once(serverSide, 'close');
    expect(performance.now() - startedAt).toBeGreaterThan(idleTimeoutMs);
    await assertClean(gateway);
    await expect(readAll(connection)).rejects.toThrow(/ended after|ECONNRESET/);
  });

  test('an event stream is cut once events wait for it', async () => {
    const { id, number } = await addJob(gateway.sandbox, { fileName: `${'x'.repeat(4_000)}.csv` });
    using connection = await openConnection(gateway.url);
    const fields = Array.from({ length: 99 }, (_, at) => `a${at}: uploadedFileName`).join(' ');
    const body = JSON.stringify({ query: `subscription { uploadJobUpdated(ids: ["${id}"]) { ${fields} } }` });
    await connection.write(
      postHead({
        'content-type': 'application/json',
        'content-length': body.length,
        accept: 'text/event-stream',
      }) + body,
    );
    await eventually(async () => expect(await readMetric(gateway.url, 'gateway_watchers')).toBe(1));
    let step = 0;
    await vi.waitFor(
      async () => {
        gateway.sandbox.jobs.setStatus(number, `STEP_${++step}`);
        expect(await readMetric(gateway.url, 'gateway_watchers')).toBe(0);
      },
      { timeout: 15_000, interval: 5 },
    );
    await assertClean(gateway);
  });

  test('but has nothing to read is left in peace', async () => {
    const { id, number } = await addJob(gateway.sandbox);
    const accepted = nextRequestSocket(gateway.port);
    using connection = await openConnection(gateway.url);
    const body = JSON.stringify({ query: `subscription { uploadJobUpdated(ids: ["${id}"]) { status } }` });
    await connection.write(
      postHead({
        'content-type': 'application/json',
        'content-length': body.length,
        accept: 'text/event-stream',
      }) + body,
    );
    const serverSide = await accepted;
    await gateway.sandbox.nextRequest('getUploadStatus');
    // The time for which a client may leave unread what there is.
    await once(serverSide, 'timeout');
    gateway.sandbox.jobs.setStatus(number, 'FINISHED');
    let received = '';
    for await (const chunk of connection.socket) {
      received += chunk;
      if (received.includes('event: complete')) break;
    }
    expect(received).toContain('"status":"FINISHED"');
    connection.socket.destroy();
    await assertClean(gateway);
  });
});

describe('A form of many parts', () => {
  const field = { name: 'x', value: 'y' };

  test.each([
    {
      name: 'texts before the file',
      parts: [operationsPart(), mapPart(), ...Array(10_000).fill(field), filePart()],
    },
    {
      name: 'texts behind the file',
      parts: [operationsPart(), mapPart(), filePart(), ...Array(10_000).fill(field)],
    },
    {
      name: 'files that nobody asked for',
      parts: [
        operationsPart(),
        mapPart(),
        ...Array.from({ length: 9 }, (_, at) => filePart('a', `x${at}`)),
        filePart(),
      ],
    },
  ])('is answered in bounded time: $name', async ({ parts }) => {
    const { result, cpuMs } = await cpuMsOf(() => postForm(gateway.url, parts));
    expect(readGraphQL(result)).toMatchObject({
      status: 200,
      data: { uploadCouponBatch: { __typename: 'UploadAccepted' } },
    });
    expect(cpuMs).toBeLessThan(2_000);
  });

  test('is refused when it holds more than ten files', async () => {
    const parts = [
      operationsPart(),
      mapPart(),
      ...Array.from({ length: 11 }, (_, at) => filePart('a', `x${at}`)),
      filePart(),
    ];
    expect(readGraphQL(await postForm(gateway.url, parts))).toMatchObject({
      status: 413,
      code: 'PAYLOAD_TOO_LARGE',
    });
    await assertClean(gateway);
  });

  test('is refused for a file name of more than the 16 kB that a part may have before its content', async () => {
    const parts = [operationsPart(), mapPart(), filePart(undefined, '0', 'x'.repeat(17_000))];
    expect(readGraphQL(await postForm(gateway.url, parts))).toMatchObject({ status: 400 });
  });
});

/** Together far more than the system keeps for a connection. */
const pipelined = 12;

async function readAll(connection: RawConnection): Promise<void> {
  for (let answers = 0; answers < pipelined; answers += 1) await connection.answer();
}

/** The gateway's end of the connection on which the next request to this port comes. */
function nextRequestSocket(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const channel = 'http.server.request.start';
    const onStart = (message: unknown) => {
      const { socket } = (message as { request: IncomingMessage }).request;
      if (socket.localPort !== port) return;
      unsubscribe(channel, onStart);
      resolve(socket);
    };
    subscribe(channel, onStart);
  });
}
