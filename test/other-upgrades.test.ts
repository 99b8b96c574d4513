import { describe, expect, test } from 'vitest';
import { encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection } from './support/raw-connection.ts';
import { exchange, postHead, readGraphQL, requestHead } from './support/raw-graphql.ts';
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

// Where Node asks which upgrades are wanted, in versions after 20, `h2c` is an ordinary request, and nothing is cut.
describe('An upgrade behind a request that has no answer yet ends nothing but its connection', () => {
  const unanswered = postHead({ 'content-type': 'application/json', 'content-length': query.length }) + query;
  const webSocket = {
    ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': 13 },
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-protocol': 'graphql-transport-ws',
  };

  test.each([
    { name: 'h2c', headers: h2c },
    { name: 'websocket', headers: webSocket },
  ])('$name', async ({ headers }) => {
    using connection = await openConnection(gateway.url);
    let received = '';
    const twoAnswers = new Promise<void>((resolve) => {
      connection.socket.on('data', (bytes: Buffer) => {
        received += bytes.toString();
        if (received.split('HTTP/1.1 ').length > 2) resolve();
      });
    });
    await connection.write(unanswered + requestHead('GET', '/graphql', headers));
    // The answers before it would be out by then: its own would find another request at the head of the line.
    await connection.write(requestHead('GET', '/healthz')).catch(() => {});
    await Promise.race([connection.closed(), twoAnswers]);
    expect(received).not.toContain('101 Switching Protocols');
    expect(await exchange(gateway.url, requestHead('GET', '/healthz'))).toMatchObject({ status: 200 });
  });
});
