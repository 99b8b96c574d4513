import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assertClean } from './support/assert-clean.ts';
import { check, expectNoFault, fragment, mutated, within } from './support/fuzz.ts';
import { mobileInput } from './support/graphql-client.ts';
import { boundary, encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection, type RawAnswer } from './support/raw-connection.ts';
import { postForm, postHead, postJson, requestHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ env: { UPLOAD_IDLE_TIMEOUT_MS: '300' } });
});
afterAll(async () => {
  await assertClean(gateway);
  expect(gateway.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  await gateway[Symbol.asyncDispose]();
});

/** The answer to all that a client sends. `undefined`: the connection was closed without one. */
async function answerTo(
  bytes: Buffer,
  head = postHead({ 'content-length': bytes.length }),
): Promise<RawAnswer | undefined> {
  using connection = await openConnection(gateway.url);
  await connection.write(Buffer.concat([Buffer.from(head, 'latin1'), bytes])).catch(() => {});
  return await within(
    10_000,
    connection.answer().catch(() => undefined),
  );
}

const isAlive = async () =>
  expect((await within(10_000, postJson(gateway.url, '{ __typename }'))).status).toBe(200);

const form = encodeForm([operationsPart(), mapPart(), filePart()]);

describe('No request is answered with a fault of ours, or not at all', () => {
  test('a form with bytes out of place', async () => {
    const property = fc.asyncProperty(mutated(form), async (bytes) => {
      const answer = await answerTo(bytes);
      expect(answer).toBeDefined();
      expectNoFault(answer as RawAnswer);
    });
    await check(property.afterEach(isAlive));
  });

  test('a form that breaks off, whatever its length says', async () => {
    const property = fc.asyncProperty(fc.nat(form.length - 1), fc.boolean(), async (at, isHonest) => {
      const cut = form.subarray(0, at);
      const answer = await answerTo(cut, postHead({ 'content-length': isHonest ? at : form.length }));
      expect(answer).toBeDefined();
      const { data } = expectNoFault(answer as RawAnswer);
      if (at < form.length - 4) expect(JSON.stringify(data ?? null)).not.toContain('UploadAccepted');
    });
    await check(property.afterEach(isAlive), 20);
  });

  test('headers of all kinds', async () => {
    const contentType = fc.oneof(
      fragment.map((bytes) => `multipart/form-data; boundary=${boundary}${bytes.toString('latin1')}`),
      fragment.map((bytes) => `multipart/form-data; boundary="${bytes.toString('latin1')}"`),
      fragment.map((bytes) => `${bytes.toString('latin1')}/json`),
      fc.constantFrom(
        'application/json',
        'application/graphql-response+json',
        'text/plain',
        'multipart/form-data',
        ';',
        '',
      ),
    );
    const name = fc.constantFrom(
      'accept',
      'authorization',
      'x-cap-api-oauth-token',
      'content-encoding',
      'origin',
      'host',
      'expect',
      'x-request-id',
      'traceparent',
      'connection',
      'upgrade',
      'transfer-encoding',
      'content-length',
      'accept-encoding',
      'range',
      'if-none-match',
    );
    const headers = fc.dictionary(
      name,
      fragment.map((bytes) => bytes.toString('latin1')),
      { maxKeys: 4, noNullPrototype: true },
    );
    const property = fc.asyncProperty(contentType, headers, mutated(form), async (type, others, body) => {
      const answer = await answerTo(
        body,
        postHead({ 'content-length': body.length, 'content-type': type, ...others }),
      );
      // A request that is no HTTP any more may be cut off without a word.
      if (answer) expectNoFault({ ...answer, body: answer.body || '{}' });
    });
    await check(property.afterEach(isAlive));
  });

  test('a JSON body with bytes out of place', async () => {
    const body = Buffer.from(
      JSON.stringify({
        query:
          'query Q($id: ID!) { uploadJob(id: $id) { id couponSeries { uploadJobs(first: 2) { totalCount } } } }',
        operationName: 'Q',
        variables: { id: 'COUPON_BATCH:1:1' },
        extensions: {},
      }),
    );
    const property = fc.asyncProperty(mutated(body), async (bytes) => {
      const answer = await answerTo(
        bytes,
        postHead({ 'content-type': 'application/json', 'content-length': bytes.length }),
      );
      expect(answer).toBeDefined();
      expectNoFault(answer as RawAnswer);
    });
    await check(property.afterEach(isAlive));
  });
});

describe('No handshake of a WebSocket', () => {
  const value = fc.oneof(
    fragment.map((bytes) => bytes.toString('latin1')),
    fragment.map((bytes) => `http://${bytes.toString('latin1')}`),
    fc.constantFrom('13', '8', 'graphql-transport-ws', 'dGhlIHNhbXBsZSBub25jZQ==', 'http://gateway.example'),
  );
  const name = fc.constantFrom(
    'origin',
    'host',
    'sec-websocket-key',
    'sec-websocket-version',
    'sec-websocket-protocol',
    'sec-websocket-extensions',
    'x-cap-api-oauth-token',
  );
  const usual = {
    ...{ connection: 'Upgrade', upgrade: 'websocket' },
    ...{ 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
  };

  test('is answered with a fault of ours, or brings the gateway down', async () => {
    const others = fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true });
    const property = fc.asyncProperty(others, async (headers) => {
      using connection = await openConnection(gateway.url);
      await connection.write(Buffer.from(requestHead('GET', '/graphql', { ...usual, ...headers }), 'latin1'));
      // An answer of 101 has no end.
      const data = once(connection.socket.resume(), 'data');
      const [first] = await within(10_000, Promise.race([data, once(connection.socket, 'end')]));
      expect(String(first)).toMatch(/^HTTP\/1\.1 [134]\d\d /);
    });
    await check(property.afterEach(isAlive));
  });
});

describe('No operations and no map', () => {
  const key = fc.constantFrom(
    'variables',
    'file',
    'input',
    '0',
    '1',
    'length',
    '__proto__',
    'constructor',
    'prototype',
    'hasOwnProperty',
    'call',
    'toString',
    '',
    'query',
    'extensions',
  );
  const path = fc.oneof(
    fc.array(key, { maxLength: 6 }).map((keys) => ['variables', ...keys].join('.')),
    fc.array(key, { maxLength: 6 }).map((keys) => keys.join('.')),
    fc.string(),
  );
  const map = fc.oneof(
    fc.dictionary(
      fc.oneof(key, fc.string()),
      fc.oneof(fc.array(path, { maxLength: 3 }), path, fc.jsonValue() as fc.Arbitrary<unknown>),
      { maxKeys: 12, noNullPrototype: true },
    ),
    fc.jsonValue() as fc.Arbitrary<unknown>,
  );
  const value = fc.oneof(
    fc.jsonValue() as fc.Arbitrary<unknown>,
    fc.constant(null),
    fc.constant(mobileInput),
  );
  const variables = fc.oneof(
    fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value, { noNullPrototype: true })), {
      noNullPrototype: true,
    }),
    fc.record({
      file: value,
      input: fc.oneof(
        value,
        fc.record(Object.fromEntries(Object.keys(mobileInput).map((name) => [name, value]))),
      ),
    }),
  );

  test('brings the gateway down, or changes what it is made of', async () => {
    const builtIns = Object.getOwnPropertyNames(Object.prototype).length;
    const property = fc.asyncProperty(variables, map, async (sent, files) => {
      const answer = await within(
        10_000,
        postForm(gateway.url, [operationsPart(sent), mapPart(files), filePart()]),
      );
      expectNoFault(answer);
      expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(builtIns);
      expect(Object.keys(Object.prototype)).toEqual([]);
      expect(Object.prototype.hasOwnProperty.call).toBe(Function.prototype.call);
    });
    await check(property.afterEach(isAlive));
  });

  test('that are any JSON are run', async () => {
    const property = fc.asyncProperty(
      fc.jsonValue({ maxDepth: 5 }),
      fc.jsonValue(),
      async (operations, files) => {
        const parts = [{ name: 'operations', value: JSON.stringify(operations) }, mapPart(files), filePart()];
        expect(expectNoFault(await within(10_000, postForm(gateway.url, parts))).errors).toBeDefined();
      },
    );
    await check(property.afterEach(isAlive));
  });
});
