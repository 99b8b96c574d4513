import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError } from '../src/config.ts';
import {
  UploadCouponBatchDocument,
  UploadJobDocument,
  WatchJobsDocument,
} from './graphql/generated/graphql.ts';
import { mobileInput } from './support/graphql-client.ts';
import { encodeForm, filePart, mapPart } from './support/multipart-form.ts';
import { exchange, postForm, postHead, readGraphQL, requestHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import {
  addJob,
  fast,
  nextJob,
  type Operation,
  outcome,
  transports,
} from './support/subscription-clients.ts';

const path = new URL('graphql/generated/persisted-documents.json', import.meta.url).pathname;
const hashOf = (document: { __meta__?: Record<string, unknown> | undefined }) =>
  String(document.__meta__?.['hash']);

let open: TestGateway;
let only: TestGateway;
beforeAll(async () => {
  open = await startGateway({ env: { ...fast.env, PERSISTED_DOCUMENTS: path } });
  only = await startGateway({
    env: { ...fast.env, PERSISTED_DOCUMENTS: path, PERSISTED_DOCUMENTS_ONLY: 'true' },
  });
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await only[Symbol.asyncDispose]();
});

const persisted = (hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } });
const spec = { accept: 'application/graphql-response+json' };
const unknown = 'f'.repeat(64);
const variables = { id: 'COUPON_BATCH:541854:1' };

async function post(url: string, body: unknown) {
  const text = JSON.stringify(body);
  const head = postHead({
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...spec,
  });
  return readGraphQL(await exchange(url, head + text));
}

function get(url: string, params: Record<string, string>) {
  const head = requestHead('GET', `/graphql?${new URLSearchParams(params)}`, {
    'x-cap-api-oauth-token': 'sandbox-token',
    ...spec,
  });
  return exchange(url, head).then(readGraphQL);
}

describe.each([
  { name: 'beside others', gateway: () => open },
  { name: 'alone', gateway: () => only },
])('Persisted documents, $name', ({ gateway }) => {
  test.each([
    { name: 'an id that is not in the list', id: unknown },
    { name: 'the name of a prototype', id: '__proto__' },
    { name: 'the name of a method', id: 'toString' },
  ])('are not found by $name', async ({ id }) => {
    for (const params of [persisted(id), { documentId: id }]) {
      expect(await post(gateway().url, params)).toMatchObject({
        status: 400,
        code: 'PERSISTED_QUERY_NOT_FOUND',
        message: 'PersistedQueryNotFound',
      });
    }
  });

  test.each([
    { name: 'a number', params: { documentId: 5 } },
    { name: 'a list', params: { extensions: { persistedQuery: [] } } },
    { name: 'null', params: { extensions: { persistedQuery: null } } },
    { name: 'nothing', params: {} },
  ])('are not named by $name', async ({ params }) => {
    const { status, code } = await post(gateway().url, params);
    expect(status).toBe(400);
    expect(code).toMatch(/^BAD_REQUEST$|^PERSISTED_QUERY_REQUIRED$/);
  });

  test('run over POST, by hash or by id', async () => {
    const hash = hashOf(UploadJobDocument);
    for (const params of [persisted(hash), { documentId: hash }, { documentId: `sha256:${hash}` }]) {
      expect(await post(gateway().url, { ...params, variables })).toMatchObject({
        status: 200,
        data: { uploadJob: null },
        errors: undefined,
      });
    }
  });

  test('run over GET, by hash or by id', async () => {
    const hash = hashOf(UploadJobDocument);
    const extensions = JSON.stringify(persisted(hash).extensions);
    for (const params of [{ extensions }, { documentId: hash }] as Record<string, string>[]) {
      const answer = await get(gateway().url, { ...params, variables: JSON.stringify(variables) });
      expect(answer).toMatchObject({ status: 200, data: { uploadJob: null }, errors: undefined });
    }
  });

  test('do not run mutations over GET', async () => {
    expect(await get(gateway().url, { documentId: hashOf(UploadCouponBatchDocument) })).toMatchObject({
      status: 405,
    });
  });

  test('upload files', async () => {
    const operations = {
      ...persisted(hashOf(UploadCouponBatchDocument)),
      variables: { file: null, input: mobileInput },
    };
    const form = encodeForm([
      { name: 'operations', value: JSON.stringify(operations) },
      mapPart(),
      filePart(),
    ]);
    expect(readGraphQL(await postForm(gateway().url, form))).toMatchObject({
      status: 200,
      data: { uploadCouponBatch: { __typename: 'UploadAccepted' } },
    });
  });

  test.each(transports.map((transport) => ({ transport, name: transport.name })))(
    'watch jobs over $name',
    async ({ transport }) => {
      const { id } = await addJob(gateway().sandbox);
      const request = { query: '', ...persisted(hashOf(WatchJobsDocument)), variables: { ids: [id] } };
      await using operation = transport.start(gateway().url, request);
      expect(await nextJob(operation)).toEqual({ id, status: 'STARTED' });
    },
  );

  test.each(transports.map((transport) => ({ transport, name: transport.name })))(
    'are not found over $name either by an unknown id',
    async ({ transport }) => {
      await using operation = transport.start(gateway().url, { query: '', ...persisted(unknown) });
      const { data, errors } = await outcome(operation);
      expect({ data, errors }).toMatchObject({
        data: [],
        errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
      });
    },
  );
});

describe('Where there is no list', () => {
  let none: TestGateway;
  beforeAll(async () => {
    none = await startGateway(fast);
  });
  afterAll(() => none[Symbol.asyncDispose]());
  const notSupported = {
    status: 400,
    code: 'PERSISTED_QUERY_NOT_SUPPORTED',
    message: 'PersistedQueryNotSupported',
  };

  test('a hash or an id alone is told so, in the words that clients of automatic persisted queries know', async () => {
    for (const params of [
      persisted(unknown),
      { documentId: unknown },
      { query: '', ...persisted(unknown) },
    ]) {
      expect(await post(none.url, params)).toMatchObject(notSupported);
    }
    const extensions = JSON.stringify(persisted(unknown).extensions);
    expect(await get(none.url, { extensions })).toMatchObject(notSupported);
  });

  test('such a client, taking JSON, has the answer under 200 and sends its document then', async () => {
    const hash = hashOf(UploadJobDocument);
    const sent = await postForm(none.url, Buffer.from(JSON.stringify(persisted(hash))), {
      'content-type': 'application/json',
    });
    expect(readGraphQL(sent)).toMatchObject({ ...notSupported, status: 200 });
    const query = String(UploadJobDocument);
    expect(await post(none.url, { query, ...persisted(hash), variables })).toMatchObject({
      status: 200,
      data: { uploadJob: null },
    });
  });

  test('a file with a hash alone is told so before it has come', async () => {
    const operations = { ...persisted(unknown), variables: { file: null, input: mobileInput } };
    const form = encodeForm([
      { name: 'operations', value: JSON.stringify(operations) },
      mapPart(),
      filePart(),
    ]);
    expect(readGraphQL(await postForm(none.url, form, spec))).toMatchObject(notSupported);
  });

  test('neither a query nor an id is a bad request as ever', async () => {
    for (const params of [{}, { documentId: 5 }, { extensions: { persistedQuery: [] } }]) {
      expect(await post(none.url, params)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    }
  });

  test.each(transports.map((transport) => ({ transport, name: transport.name })))(
    'a hash alone is told so over $name',
    async ({ transport }) => {
      await using operation = transport.start(none.url, { query: '', ...persisted(unknown) });
      const { data, errors } = await outcome(operation);
      expect({ data, errors }).toMatchObject({
        data: [],
        errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }],
      });
    },
  );
});

describe('A document that is sent', () => {
  const query = '{ __typename }';
  const refused = { status: 400, code: 'PERSISTED_QUERY_REQUIRED', data: undefined };

  test('runs as ever where the list is not all', async () => {
    expect(await post(open.url, { query })).toMatchObject({ status: 200, data: { __typename: 'Query' } });
    const withHash = { query, ...persisted(unknown) };
    expect(await post(open.url, withHash)).toMatchObject({ status: 200, data: { __typename: 'Query' } });
  });

  test('is refused where the list is all, over POST, GET and in forms', async () => {
    expect(await post(only.url, { query })).toMatchObject(refused);
    expect(await post(only.url, { query: String(UploadJobDocument), variables })).toMatchObject(refused);
    expect(await post(only.url, { query, documentId: hashOf(UploadJobDocument), variables })).toMatchObject(
      refused,
    );
    expect(await get(only.url, { query })).toMatchObject(refused);
    const operations = {
      query: String(UploadCouponBatchDocument),
      variables: { file: null, input: mobileInput },
    };
    const form = encodeForm([
      { name: 'operations', value: JSON.stringify(operations) },
      mapPart(),
      filePart(),
    ]);
    expect(readGraphQL(await postForm(only.url, form, spec))).toMatchObject(refused);
    expect(
      only.sandbox.requests.filter(({ headers }) => headers['content-type']?.includes(operations.query)),
    ).toEqual([]);
  });

  test('is asked for over WebSocket, as it is over HTTP, by whoever sends neither it nor an id', async () => {
    const told = { message: 'Send a "query", or the id of a persisted document.', code: 'BAD_REQUEST' };
    expect(await post(open.url, { variables })).toMatchObject({ status: 400, ...told });
    const webSocket = transports.find(({ name }) => name === 'WebSocket');
    await using operation = webSocket?.start(open.url, { query: '' });
    const { errors } = await outcome(operation as Operation);
    expect(errors).toMatchObject([{ message: told.message, extensions: { code: told.code } }]);
  });

  test.each(transports.map((transport) => ({ transport, name: transport.name })))(
    'is refused where the list is all, over $name',
    async ({ transport }) => {
      await using operation = transport.start(only.url, {
        query: String(WatchJobsDocument),
        variables: { ids: ['COUPON_BATCH:1:1'] },
      });
      const { data, errors } = await outcome(operation);
      expect({ data, errors }).toMatchObject({
        data: [],
        errors: [{ extensions: { code: 'PERSISTED_QUERY_REQUIRED' } }],
      });
    },
  );
});

describe('A list that is wrong stops the start', () => {
  test.each([
    { name: 'missing', text: undefined, says: 'cannot be read: ENOENT' },
    { name: 'no JSON', text: '{', says: 'must be a JSON object' },
    { name: 'a list', text: '["{ __typename }"]', says: 'must be a JSON object' },
    { name: 'empty', text: '{}', says: 'must be a JSON object' },
    {
      name: 'of something else than texts',
      text: '{"a":{"query":"{ __typename }"}}',
      says: 'must be a JSON object',
    },
    {
      name: 'with a document that does not parse, and one that does not fit the schema',
      text: '{"good":"{ __typename }","cut":"{","stale":"{ coupons }"}',
      says:
        '  - PERSISTED_DOCUMENTS: document "cut" cannot be executed: Syntax Error: Expected Name, found <EOF>.\n' +
        '  - PERSISTED_DOCUMENTS: document "stale" cannot be executed: Cannot query field "coupons" on type "Query".',
    },
    {
      name: 'with a document beyond a limit',
      text: JSON.stringify({ many: `{ ${Array.from({ length: 101 }, (_, at) => `a${at}: __typename`)} }` }),
      says: 'document "many" cannot be executed: The document has more than 100 aliases.',
    },
  ])('$name', async ({ name, text, says }) => {
    const file = join(tmpdir(), `persisted-${process.pid}-${name.replaceAll(' ', '-')}.json`);
    if (text !== undefined) await writeFile(file, text);
    const error = await startGateway({ env: { PERSISTED_DOCUMENTS: file } }).then(
      (started) => started[Symbol.asyncDispose](),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).message).toContain(says);
  });
});
