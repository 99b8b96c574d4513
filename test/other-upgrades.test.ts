import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { startProcess } from './support/gateway-process.ts';
import { token } from './support/graphql-client.ts';
import { encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection, type RawConnection } from './support/raw-connection.ts';
import { exchange, postHead, readGraphQL, requestHead } from './support/raw-graphql.ts';
import { addJob, readMetric, watchJobs } from './support/subscription-clients.ts';
import { useGateway } from './support/use-gateway.ts';

const gateway = useGateway();

/** As Java's HTTP client and `curl --http2` send it with their first request. */
const h2c = {
  connection: 'Upgrade, HTTP2-Settings',
  upgrade: 'h2c',
  'http2-settings': 'AAMAAABkAAQCAAAAAAIAAAAA',
};
const json = (bytes: string) => ({
  'content-type': 'application/json',
  'content-length': bytes.length,
  ...h2c,
});
const query = '{"query":"{ __typename }"}';
const data = { status: 200, data: { __typename: 'Query' } };

describe('An upgrade to what is not spoken here is passed over', () => {
  test('when the request is refused', async () => {
    const answer = await exchange(gateway.url, `${postHead(json('[]'))}[]`);
    expect(readGraphQL(answer)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  test.each(['h2c', 'TLS/1.2', 'h2c, websocket'])('in a probe: %s', async (upgrade) => {
    const answer = await exchange(gateway.url, requestHead('GET', '/healthz', { ...h2c, upgrade }));
    expect(answer).toMatchObject({ status: 200, body: 'ok\n' });
  });

  test('in a POST, and the connection stays good for the next', async () => {
    using connection = await openConnection(gateway.url);
    for (let round = 0; round < 2; round += 1) {
      await connection.write(postHead(json(query)) + query);
      expect(readGraphQL(await connection.answer())).toMatchObject(data);
    }
  });

  test('in a POST whose body comes byte by byte', async () => {
    using connection = await openConnection(gateway.url);
    for (const byte of postHead(json(query)) + query) await connection.write(byte);
    expect(readGraphQL(await connection.answer())).toMatchObject(data);
  });

  test('as often as one connection offers it, and leaves no listener behind on it', async () => {
    const listeners: number[] = [];
    const count = (message: unknown) => {
      listeners.push((message as { socket: Socket }).socket.listenerCount('error'));
    };
    subscribe('http.server.request.start', count);
    using connection = await openConnection(gateway.url);
    for (let round = 0; round < 5; round += 1) {
      await connection.write(requestHead('GET', '/healthz', h2c));
      expect(await connection.answer()).toMatchObject({ status: 200 });
    }
    unsubscribe('http.server.request.start', count);
    expect(listeners).toHaveLength(5);
    expect(new Set(listeners).size).toBe(1);
  });

  test('in an upload, each byte of which arrives', async () => {
    const file = `mobile,coupon\r\n${'919999999999,CODE1\r\n'.repeat(50_000)}`;
    const form = encodeForm([operationsPart(), mapPart(), filePart(file)]);
    const head = Buffer.from(postHead({ 'content-length': form.length, ...h2c }));
    const answer = readGraphQL(await exchange(gateway.url, Buffer.concat([head, form])));
    expect(answer.data.uploadCouponBatch).toMatchObject({
      __typename: 'UploadAccepted',
      file: { bytes: file.length },
    });
  });
});

describe('Requests that come in one piece with an upgrade are all answered, in their order', () => {
  const post = postHead({ 'content-type': 'application/json', 'content-length': query.length }) + query;
  const probe = requestHead('GET', '/healthz');
  const webSocket = requestHead('GET', '/graphql', {
    ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': 13 },
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-protocol': 'graphql-transport-ws',
  });

  test.each([
    { name: 'behind h2c', pieces: [requestHead('GET', '/healthz', h2c) + probe], statuses: [200, 200] },
    {
      name: 'behind h2c, half of them',
      pieces: [requestHead('GET', '/healthz', h2c) + post.slice(0, 50), post.slice(50)],
      statuses: [200, 200],
    },
    { name: 'behind h2c with a body', pieces: [postHead(json(query)) + query + probe], statuses: [200, 200] },
    {
      name: 'around h2c',
      pieces: [post + requestHead('GET', '/nowhere', h2c) + probe],
      statuses: [200, 404, 200],
    },
    {
      name: 'around h2c with a body',
      pieces: [`${post}${postHead(json('[]'))}[]${probe}`],
      statuses: [200, 400, 200],
    },
    {
      name: 'h2c twice',
      pieces: [requestHead('GET', '/nowhere', h2c) + postHead(json(query)) + query + probe],
      statuses: [404, 200, 200],
    },
    { name: 'before a WebSocket', pieces: [post + post + webSocket], statuses: [200, 200, 101] },
    {
      name: 'around h2c, and before a WebSocket',
      pieces: [post + requestHead('GET', '/nowhere', h2c) + post + webSocket],
      statuses: [200, 404, 200, 101],
    },
  ])('$name', async ({ pieces, statuses }) => {
    using connection = await openConnection(gateway.url);
    const received = collect(connection);
    for (const piece of pieces) await connection.write(piece);
    await expect.poll(received).toEqual(statuses.map((status) => `HTTP/1.1 ${status}`));
  });

  test('behind a stream of which not everything can be sent at once', async () => {
    const { id, number } = await addJob(gateway.sandbox, { fileName: `${'x'.repeat(4_000)}.csv` });
    gateway.sandbox.jobs.setStatus(number, 'FINISHED');
    const fields = Array.from({ length: 99 }, (_, at) => `a${at}: uploadedFileName`).join(' ');
    const watch = `subscription { uploadJobUpdated(ids: ["${id}"]) { ${fields} } }`;
    using connection = await openConnection(gateway.url);
    const received = collect(connection);
    const target = `/graphql?query=${encodeURIComponent(watch)}`;
    const headers = { accept: 'text/event-stream', 'x-cap-api-oauth-token': token };
    await connection.write(requestHead('GET', target, headers) + requestHead('GET', '/nowhere', h2c) + probe);
    await expect.poll(received).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
  });

  test('unless the connection breaks before, which ends nothing else', async () => {
    const { id } = await addJob(gateway.sandbox);
    gateway.sandbox.jobs.hold();
    using connection = await openConnection(gateway.url);
    const target = `/graphql?query=${encodeURIComponent(watchJobs)}&variables=${encodeURIComponent(JSON.stringify({ ids: [id] }))}`;
    const headers = { accept: 'text/event-stream', 'x-cap-api-oauth-token': token };
    await connection.write(requestHead('GET', target, headers) + webSocket);
    await eventually(async () => expect(await readMetric(gateway.url, 'gateway_watchers')).toBe(1));
    connection.socket.resetAndDestroy();
    await eventually(async () => expect(await readMetric(gateway.url, 'gateway_watchers')).toBe(0));
  });

  test('unless the client is gone when they are written, which ends nothing else', async () => {
    await using alone = await startProcess();
    for (let round = 0; round < 30; round += 1) {
      using connection = await openConnection(alone.url);
      await connection.write(post + post + webSocket);
      const { socket } = connection;
      // In the middle of the answers: those that remain are written to nobody.
      socket.once('data', () => socket.resetAndDestroy()).resume();
      await once(socket, 'close');
    }
    expect(await exchange(alone.url, requestHead('GET', '/readyz'))).toMatchObject({ status: 200 });
  });
});

/** The status lines that have come so far. */
function collect({ socket }: RawConnection): () => readonly string[] {
  let received = '';
  socket.on('data', (bytes: Buffer) => {
    received += bytes.toString();
  });
  socket.resume();
  return () => received.match(/HTTP\/1\.1 \d+/g) ?? [];
}
