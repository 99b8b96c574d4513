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
