import { describe, expect, test } from 'vitest';
import { couponFile } from './support/coupon-file.ts';
import { eventually } from './support/eventually.ts';
import { token } from './support/graphql-client.ts';
import { encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection, type RawConnection } from './support/raw-connection.ts';
import { postHead, readGraphQL, requestHead } from './support/raw-graphql.ts';
import { addJob, readMetric, watchJobs } from './support/subscription-clients.ts';
import { useGateway } from './support/use-gateway.ts';

const gateway = useGateway();

const form = encodeForm([operationsPart(), mapPart(), filePart(couponFile(200_000))]);
const json = (query: string, variables?: unknown, headers: Record<string, string> = {}) => {
  const body = JSON.stringify({ query, variables });
  return postHead({ 'content-type': 'application/json', 'content-length': body.length, ...headers }) + body;
};
const readJob = json('{ uploadJob(id: "COUPON_BATCH:541854:1") { id } }');
/** Longer than it takes until the gateway tries whether its client is still there. */
const slowly = { kind: 'latency', ms: 1_500 } as const;

/** Says these bytes, and that no more will come. */
async function sayAll(...pieces: readonly (string | Buffer)[]): Promise<RawConnection> {
  const connection = await openConnection(gateway.url);
  for (const piece of pieces) await connection.write(piece);
  connection.socket.end();
  return connection;
}

async function readToEnd({ socket }: RawConnection): Promise<string> {
  let received = '';
  for await (const chunk of socket) received += chunk;
  return received;
}

describe('A client that closes its side too early', () => {
  test('within the headers is told so, and the connection ends', async () => {
    using connection = await sayAll(postHead({ 'content-length': 10 }).slice(0, 60));
    expect(readGraphQL(await connection.answer())).toMatchObject({ status: 400, code: 'TRUNCATED' });
    await connection.closed();
  });

  test('before a request has its connection ended', async () => {
    using connection = await sayAll();
    expect(await readToEnd(connection)).toBe('');
  });

  test('within a body that was refused meanwhile gets one answer, and not two', async () => {
    using connection = await openConnection(gateway.url);
    await connection.write(postHead({ 'content-length': form.length, 'graphql-require-preflight': null }));
    await connection.write(form.subarray(0, 1_000));
    expect(readGraphQL(await connection.answer())).toMatchObject({ status: 403, code: 'CSRF_PREVENTED' });
    connection.socket.end();
    expect(await readToEnd(connection)).toBe('');
  });
});

describe.each(['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'])('A stream of %s', (accept) => {
  const subscribe = (id: string) => json(watchJobs, { ids: [id] }, { accept });
  const watchers = () => readMetric(gateway.url, 'gateway_watchers');

  test('is cut when its client closes its side, since one that is gone does the same', async () => {
    const { id } = await addJob(gateway.sandbox);
    gateway.sandbox.jobs.hold();
    using connection = await openConnection(gateway.url);
    await connection.write(subscribe(id));
    await eventually(async () => expect(await watchers()).toBe(1));
    connection.socket.end();
    const received = await readToEnd(connection);
    expect(received).toContain('"data":{"uploadJobUpdated"');
    expect(received).not.toMatch(/event: complete|--graphql--|\r\n0\r\n/);
    await eventually(async () => expect(await watchers()).toBe(0));
  });

  test('is cut when its client had closed its side before', async () => {
    const { id } = await addJob(gateway.sandbox);
    gateway.sandbox.jobs.hold();
    using connection = await sayAll(subscribe(id));
    expect(await readToEnd(connection)).not.toMatch(/event: complete|--graphql--|\r\n0\r\n/);
    await eventually(async () => expect(await watchers()).toBe(0));
  });
});

describe('A client that is gone after its request', () => {
  test.each([
    { name: 'a query', call: 'getUploadStatus', request: readJob },
    {
      name: 'an upload',
      call: 'uploadFile',
      request: Buffer.concat([Buffer.from(postHead({ 'content-length': form.length })), form]),
    },
  ] as const)('takes $name along within two seconds', async ({ call, request }) => {
    gateway.sandbox.faults.set({ call, fault: { kind: 'hang', at: 'after' } });
    using connection = await openConnection(gateway.url);
    await connection.write(request);
    const upstream = await gateway.sandbox.started(call);
    const leftAt = performance.now();
    connection.socket.destroy();
    expect(await upstream.done).toMatchObject({ aborted: true });
    expect(performance.now() - leftAt).toBeLessThan(2_000);
  });
});

describe('A client that closes its side after a whole request', () => {
  const accepted = { status: 200, data: { uploadCouponBatch: { __typename: 'UploadAccepted' } } };

  test.each([
    { name: 'with a length', bytes: [postHead({ 'content-length': form.length }), form] },
    {
      name: 'in chunks',
      bytes: [
        `${postHead({ 'transfer-encoding': 'chunked' })}${form.length.toString(16)}\r\n`,
        form,
        '\r\n0\r\n\r\n',
      ],
    },
  ])('hears what became of its upload: $name', async ({ bytes }) => {
    using connection = await sayAll(...bytes);
    expect(readGraphQL(await connection.answer())).toMatchObject(accepted);
    await connection.closed();
  });

  test('hears it also when Capillary takes its time', async () => {
    gateway.sandbox.faults.set({ call: 'uploadFile', fault: slowly });
    using connection = await sayAll(postHead({ 'content-length': form.length }), form);
    expect(readGraphQL(await connection.answer())).toMatchObject(accepted);
    await connection.closed();
  });

  test.each([
    { name: 'a query by POST', bytes: json('{ __typename }') },
    { name: 'a query by GET', bytes: requestHead('GET', '/graphql?query=%7B__typename%7D') },
  ])('has its answer: $name', async ({ bytes }) => {
    using connection = await sayAll(bytes);
    expect(readGraphQL(await connection.answer())).toMatchObject({
      status: 200,
      data: { __typename: 'Query' },
    });
    await connection.closed();
  });

  test('has the answers to all that it asked for, in their order', async () => {
    const health = requestHead('GET', '/healthz');
    using connection = await sayAll(json('{ __typename }') + readJob + health);
    const received = await readToEnd(connection);
    expect(received.match(/HTTP\/1\.1 \d+|"__typename":"\w+"|"uploadJob":\w+|ok$/gm)).toEqual([
      'HTTP/1.1 200',
      '"__typename":"Query"',
      'HTTP/1.1 200',
      '"uploadJob":null',
      'HTTP/1.1 200',
      'ok',
    ]);
  });

  test('is told that its request is worked upon, when that takes a while', async () => {
    gateway.sandbox.faults.set({ call: 'getUploadStatus', fault: slowly });
    using connection = await sayAll(readJob);
    expect(await readToEnd(connection)).toMatch(/^(HTTP\/1\.1 102 Processing\r\n\r\n)+HTTP\/1\.1 200 OK\r\n/);
  });

  test('is not told so over HTTP/1.0, which has no such answer', async () => {
    gateway.sandbox.faults.set({ call: 'getUploadStatus', fault: slowly });
    using connection = await sayAll(readJob.replace('HTTP/1.1', 'HTTP/1.0'));
    expect(await readToEnd(connection)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test('loads a page', async () => {
    const get = requestHead('GET', '/graphiql/settings.json', { 'x-cap-api-oauth-token': token });
    using connection = await sayAll(get);
    expect(await connection.answer()).toMatchObject({ status: 200 });
    await connection.closed();
  });
});
