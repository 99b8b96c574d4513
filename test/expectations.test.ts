import { describe, expect, test } from 'vitest';
import { encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection } from './support/raw-connection.ts';
import { exchange, postHead, type RequestHeaders, readGraphQL, requestHead } from './support/raw-graphql.ts';
import { useGateway } from './support/use-gateway.ts';

const gateway = useGateway({ env: { MAX_UPLOADS: '1' } });

const expectant = (headers: RequestHeaders = {}) =>
  postHead({ expect: '100-continue', 'content-length': 1_000_000, ...headers });

describe('A client that waits to be told to go on (RFC 9110, 10.1.1)', () => {
  test.each([
    { name: 'no CSRF header', head: expectant({ 'graphql-require-preflight': null }), status: 403 },
    { name: 'a body of another type', head: expectant({ 'content-type': 'text/csv' }), status: 415 },
    {
      name: 'a body that is too large',
      head: expectant({ 'content-type': 'application/json', 'content-length': 2_000_000 }),
      status: 413,
    },
    { name: 'a type that nobody serves', head: expectant({ accept: 'image/png' }), status: 406 },
  ])('hears a refusal in its place: $name', async ({ head, status }) => {
    const answer = await exchange(gateway.url, head);
    expect(answer.status).toBe(status);
    expect(answer.headers['connection']).toBe('close');
  });

  test('hears that there are too many uploads in its place', async () => {
    using first = await openConnection(gateway.url);
    await first.write(expectant());
    expect(await first.answer()).toMatchObject({ status: 100 });
    const second = await exchange(gateway.url, expectant());
    expect(readGraphQL(second)).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
  });

  test('is told when its upload is wanted, and then answered', async () => {
    const form = encodeForm([operationsPart(), mapPart(), filePart()]);
    using connection = await openConnection(gateway.url);
    await connection.write(expectant({ 'content-length': form.length }));
    expect(await connection.answer()).toMatchObject({ status: 100 });
    await connection.write(form);
    const { data } = readGraphQL(await connection.answer());
    expect(data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted' });
  });
});

test('Another expectation is passed over', async () => {
  const answer = await exchange(gateway.url, requestHead('GET', '/healthz', { expect: '200-ok' }));
  expect(answer).toMatchObject({ status: 200, body: 'ok\n' });
});
