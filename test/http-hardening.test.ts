import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { assertClean } from './support/assert-clean.ts';
import { cpuMsOf } from './support/cpu-ms-of.ts';
import { mobileInput, uploadCouponBatch } from './support/graphql-client.ts';
import { openConnection, type RawAnswer } from './support/raw-connection.ts';
import {
  exchange,
  postHead,
  postJson,
  type RequestHeaders,
  readGraphQL,
  requestHead,
} from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

const idleTimeoutMs = 300;
const listedOrigin = 'https://shop.example';

let gateway: TestGateway;
let strict: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ env: { UPLOAD_IDLE_TIMEOUT_MS: String(idleTimeoutMs) } });
  strict = await startGateway({
    env: { INTROSPECTION: 'false', GRAPHIQL: 'false', CORS_ORIGINS: `${listedOrigin},http://localhost:3000` },
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await strict[Symbol.asyncDispose]();
});
afterEach(() => assertClean(gateway));

/** What an answer must never hold: where our code lies and how it got there. */
const innards = /node_modules|file:\/\/|\/src\/|\.ts:\d|\.js:\d|\n\s+at |"stack|originalError/;

const spec = { accept: 'application/graphql-response+json' };

function postBody(body: string, headers: RequestHeaders = {}): Promise<RawAnswer> {
  const head = postHead({
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...spec,
    ...headers,
  });
  return exchange(gateway.url, head + body);
}

function get(target: string, headers: RequestHeaders = {}): Promise<RawAnswer> {
  return exchange(gateway.url, requestHead('GET', target, headers));
}

/** Asks under the media type whose status tells a refused document from an executed one. */
async function ask(query: string, variables?: unknown) {
  const { result: answer, cpuMs } = await cpuMsOf(() => postJson(gateway.url, query, variables, spec));
  expect(answer.body).not.toMatch(innards);
  return { ...readGraphQL(answer), body: answer.body, cpuMs };
}

describe('A JSON body', () => {
  test.each([
    { name: 'cut', body: '{"query":"{ hidden-text' },
    { name: 'empty', body: '' },
    { name: 'of two values', body: '{}{"hidden-text":1}' },
    { name: 'in single quotes', body: "{'query':'hidden-text'}" },
    { name: 'with a comment', body: '/* hidden-text */ {}' },
    { name: 'a bare word', body: 'hidden-text' },
    { name: 'no UTF-8', body: '{"query": \u0000 hidden-text}' },
  ])('that is not JSON is refused without a word of it: $name', async ({ body }) => {
    const answer = await postBody(body);
    expect(readGraphQL(answer)).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
      message: expect.stringContaining('not valid JSON'),
    });
    expect(answer.body).not.toMatch(/hidden-text/);
    expect(answer.body).not.toMatch(innards);
  });

  test.each([
    ['null', 'null'],
    ['a number', '1'],
    ['a text', '"{ __typename }"'],
    ['a batch', '[{"query":"{ __typename }"}]'],
    ['an empty batch', '[]'],
    ['no query', '{}'],
    ['a query that is a number', '{"query":1}'],
    ['a query that is null', '{"query":null}'],
    ['an empty query', '{"query":""}'],
    ['variables that are a text', '{"query":"{ __typename }","variables":"{}"}'],
    ['variables that are a list', '{"query":"{ __typename }","variables":[]}'],
    ['extensions that are a text', '{"query":"{ __typename }","extensions":"{}"}'],
    ['an operation name that is a list', '{"query":"{ __typename }","operationName":["x"]}'],
    ['an operation name that no operation has', '{"query":"{ __typename }","operationName":"x"}'],
  ])('that is no operation is a 400: %s', async (_, body) => {
    const answer = await postBody(body);
    expect(readGraphQL(answer)).toMatchObject({
      status: 400,
      code: expect.stringMatching(/^(BAD_|GRAPHQL_)/),
    });
    expect(answer.body).not.toMatch(innards);
  });

  const mebibyte = 1024 * 1024;
  const padded = (bytes: number) => {
    const operation = '{"query":"{ __typename }"}';
    return operation + ' '.repeat(bytes - operation.length);
  };

  test('may have 1 MiB', async () => {
    expect(readGraphQL(await postBody(padded(mebibyte)))).toMatchObject({ status: 200, code: undefined });
  });

  test('of more than 1 MiB is a 413, whether its length is told or not', async () => {
    const body = padded(mebibyte + 1);
    const told = await postBody(body);
    const chunked = await exchange(
      gateway.url,
      `${postHead({ 'content-type': 'application/json', 'transfer-encoding': 'chunked' })}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
    for (const answer of [told, chunked]) {
      expect(readGraphQL(answer)).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
    }
  });

  test.each([
    { name: 'after nothing', sent: '' },
    { name: 'in the middle', sent: '{"query":' },
  ])('that stops coming is a 408: $name', async ({ sent }) => {
    using connection = await openConnection(gateway.url);
    await connection.write(postHead({ 'content-type': 'application/json', 'content-length': 100 }) + sent);
    const answer = await connection.answer();
    expect(readGraphQL(answer)).toMatchObject({ status: 408, code: 'REQUEST_TIMEOUT' });
    expect(answer.headers['connection']).toBe('close');
  });

  test('cut by a closed connection is told as TRUNCATED', async () => {
    using connection = await openConnection(gateway.url);
    await connection.write(
      `${postHead({ 'content-type': 'application/json', 'content-length': 100 })}{"query":`,
    );
    connection.socket.end();
    expect(readGraphQL(await connection.answer())).toMatchObject({ status: 400, code: 'TRUNCATED' });
  });

  test.each(['gzip, chunked', 'GZIP , Chunked', 'chunked;q=1, chunked', 'unheard-of,chunked'])(
    'in the transfer coding "%s" is refused as not implemented, wherever it goes',
    async (coding) => {
      const chunks = '18\r\n{"query":"{ __typename }"}\r\n0\r\n\r\n';
      const headers = { 'content-type': 'application/json', 'transfer-encoding': coding };
      for (const head of [
        postHead(headers),
        requestHead('POST', '/graphiql/', headers),
        postHead({ ...headers, 'content-type': 'multipart/form-data; boundary=x' }),
      ]) {
        using connection = await openConnection(gateway.url);
        await connection.write(head + chunks);
        const answer = await connection.answer();
        expect(readGraphQL(answer)).toMatchObject({ status: 501, code: 'NOT_IMPLEMENTED' });
        expect(answer.headers['connection']).toBe('close');
        await connection.closed();
      }
    },
  );

  test.each(['gzip', 'chunked, gzip', 'identity'])(
    'in the transfer coding "%s" has no end that could be known',
    async (coding) => {
      const head = postHead({ 'content-type': 'application/json', 'transfer-encoding': coding });
      const answer = await exchange(gateway.url, `${head}{}`);
      expect(readGraphQL(answer)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
      expect(answer.headers['connection']).toBe('close');
    },
  );

  test.each(['application/json', 'multipart/form-data; boundary=x'])(
    'compressed is refused with a word of what to do: %s',
    async (contentType) => {
      const answer = await postBody('compressed', {
        'content-type': contentType,
        'content-encoding': 'gzip',
      });
      expect(readGraphQL(answer)).toMatchObject({
        status: 415,
        code: 'UNSUPPORTED_MEDIA_TYPE',
        message: 'Send the body as it is: "gzip" is not decoded here.',
      });
    },
  );

  test.each(['application/json; charset=utf-8', 'Application/JSON', 'application/graphql+json'])(
    'is known by the type %s',
    async (contentType) => {
      const answer = await postBody('{"query":"{ __typename }"}', { 'content-type': contentType });
      expect(readGraphQL(answer)).toMatchObject({ status: 200, data: { __typename: 'Query' } });
    },
  );
});

describe('A large value is not sent back', () => {
  const large = 'x'.repeat(100_000);

  test.each([
    {
      name: 'where an id belongs',
      query: 'query ($v: ID!) { uploadJob(id: $v) { id } }',
      variables: { v: [large] },
    },
    {
      name: 'as a malformed id',
      query: 'query ($v: ID!) { uploadJob(id: $v) { id } }',
      variables: { v: large },
    },
    {
      name: 'as a malformed series',
      query: 'query ($v: ID!) { couponSeries(id: $v) { id } }',
      variables: { v: large },
    },
    {
      name: 'as a cursor',
      query: 'query ($v: String!) { couponSeries(id: "1") { uploadJobs(after: $v) { totalCount } } }',
      variables: { v: large },
    },
    {
      name: 'where a member of an enum belongs',
      query: uploadCouponBatch,
      variables: { file: null, input: { ...mobileInput, customerIdentifier: large } },
    },
    {
      name: 'as a field of an input',
      query: uploadCouponBatch,
      variables: { file: null, input: { [large]: 1 } },
    },
    {
      name: 'where a file belongs',
      query: uploadCouponBatch,
      variables: { file: large, input: mobileInput },
    },
    { name: 'as a field', query: `{ ${large} }`, variables: {} },
    { name: 'as an argument', query: `{ uploadJob(${large}: 1) { id } }`, variables: {} },
    { name: 'as a type', query: `query ($v: ${large}) { __typename }`, variables: {} },
    {
      name: 'as a literal',
      query: `mutation { uploadCouponBatch(file: "${large}", input: 1) { __typename } }`,
      variables: {},
    },
    { name: 'in the place of a syntax error', query: `{ uploadJob(id: "${large} }`, variables: {} },
  ])('$name', async ({ query, variables }) => {
    const { body, errors, status } = await ask(query, variables);
    expect(errors.length).toBeGreaterThan(0);
    expect(status).toBeLessThan(500);
    expect(body.length).toBeLessThan(3_000);
  });

  test('as the name of an operation', async () => {
    const answer = await postBody(
      JSON.stringify({ query: 'query A { __typename } query B { __typename }', operationName: large }),
    );
    expect(readGraphQL(answer)).toMatchObject({ status: 400 });
    expect(answer.body.length).toBeLessThan(3_000);
  });
});

describe('A document that costs much', () => {
  const nest = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

  test.each([
    {
      name: '60,000 aliases',
      query: `{ ${Array.from({ length: 60_000 }, (_, at) => `a${at.toString(36)}:__typename`).join(' ')} }`,
    },
    { name: 'fields 5,000 deep', query: nest('{a', '}', 5_000) },
    { name: 'fields 1,600 deep', query: nest('{a', '}', 1_600) },
    { name: 'inline fragments 1,200 deep', query: `{${nest('...{', '}', 1_200)}}` },
    {
      name: 'typed inline fragments 800 deep',
      query: `{${nest('...on Query{', '}', 800).replace('{}', '{__typename}')}}`,
    },
    { name: 'a list 2,400 deep', query: `{ uploadJob(id: ${nest('[', ']', 2_400)}) { id } }` },
    { name: 'a list 5,000 deep', query: `{ uploadJob(id: ${nest('[', ']', 5_000)}) { id } }` },
    {
      name: 'an object 1,200 deep',
      query: `{ uploadJob(id: ${nest('{a:', '}', 1_200).replace(':}', ':1}')}) { id } }`,
    },
    {
      name: 'a type 2,400 deep',
      query: `query ($v: ${'['.repeat(2_400)}Int${']'.repeat(2_400)}) { __typename }`,
    },
    {
      name: 'jobs within series within jobs',
      query: `{ couponSeries(id: "1") ${nest('{ uploadJobs { edges { node { couponSeries', '}}}}', 10).replace('couponSeries}', 'couponSeries { id }}')} }`,
    },
    {
      name: 'fragments that double 30 times',
      query: `{ ...F0 } ${Array.from({ length: 30 }, (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`).join(' ')} fragment F30 on Query { nothing }`,
    },
    {
      name: 'fragments in a ring',
      query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
    },
    { name: '1,000 unknown directives', query: `{ __typename ${'@x '.repeat(1_000)} }` },
    {
      name: '1,000 unknown fields',
      query: `{ ${Array.from({ length: 1_000 }, (_, at) => `a${at}`).join(' ')} }`,
    },
    {
      name: 'the same field 4,000 times with other arguments',
      query: `{ ${Array.from({ length: 800 }, (_, at) => `uploadJob(id:${at}){id}`).join(' ')} }`,
    },
    {
      name: 'introspection 8 lists deep',
      query:
        '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
    },
    { name: '1 MB of brackets', query: '{'.repeat(1_000_000) },
    { name: '1 MB of a comment, and nothing', query: `#${'x'.repeat(1_000_000)}` },
  ])('is refused at once: $name', async ({ query }) => {
    const { status, code, body, cpuMs } = await ask(query);
    expect({ status, code }).toEqual({
      status: 400,
      code: expect.stringMatching(/^GRAPHQL_(PARSE|VALIDATION)_FAILED$/),
    });
    expect(body.length).toBeLessThan(50_000);
    expect(cpuMs).toBeLessThan(1_000);
  });

  test('and would be valid is answered at once: fragments that double 30 times', async () => {
    const fragments = Array.from(
      { length: 30 },
      (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`,
    );
    const { status, cpuMs } = await ask(
      `{ ...F0 } ${fragments.join(' ')} fragment F30 on Query { __typename }`,
    );
    expect(status).toBeLessThan(500);
    expect(cpuMs).toBeLessThan(1_000);
  });

  test.each([
    { name: 'a list', value: `${'['.repeat(400_000)}${']'.repeat(400_000)}` },
    { name: 'an object', value: `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}` },
  ])('by variables that are nested very deep is refused: $name', async ({ value }) => {
    const body = `{"query":"query ($v: ID!) { uploadJob(id: $v) { id } }","variables":{"v":${value}}}`;
    const answer = await postBody(body);
    expect(readGraphQL(answer)).toMatchObject({ status: 400 });
    expect(answer.body.length).toBeLessThan(3_000);
    expect(answer.body).not.toMatch(innards);
  });

  test('does not keep others waiting', async () => {
    const aliases = `{ ${Array.from({ length: 60_000 }, (_, at) => `a${at.toString(36)}:__typename`).join(' ')} }`;
    const [, small] = await Promise.all([ask(aliases), ask('{ __typename }')]);
    expect(small).toMatchObject({ status: 200 });
    expect(small.cpuMs).toBeLessThan(1_000);
  });
});

describe('No hint of other names is given', () => {
  test.each([
    { name: 'a field', query: '{ uploadJop(id: "1") { id } }' },
    { name: 'a nested field', query: '{ uploadJob(id: "1") { statu } }' },
    { name: 'an argument', query: '{ uploadJob(ids: "1") { id } }' },
    { name: 'a type', query: 'query ($v: UploadJobKin) { __typename }' },
    { name: 'a fragment type', query: '{ ... on Querry { __typename } }' },
    { name: 'a directive argument', query: '{ __typename @include(iff: true) }' },
    {
      name: 'an enum member',
      query: '{ couponSeries(id: "1") { uploadJobs(kind: COUPON_BATCHES) { totalCount } } }',
    },
    {
      name: 'an enum member by variable',
      query: 'query ($k: UploadJobKind) { couponSeries(id: "1") { uploadJobs(kind: $k) { totalCount } } }',
      variables: { k: 'COUPON_BATCHES' },
    },
    {
      name: 'an input field',
      query:
        'mutation ($f: Upload!) { uploadCouponBatch(file: $f, input: { couponSerieId: 1 }) { __typename } }',
    },
    {
      name: 'an input field by variable',
      query: uploadCouponBatch,
      variables: { file: null, input: { ...mobileInput, couponSerieId: '1' } },
    },
    {
      name: 'a text for an enum',
      query: '{ couponSeries(id: "1") { uploadJobs(kind: "COUPON_BATCH") { totalCount } } }',
    },
    {
      name: 'a field of a union',
      query:
        'mutation ($f: Upload!, $i: UploadCouponBatchInput!) { uploadCouponBatch(file: $f, input: $i) { message } }',
    },
  ])('for $name', async ({ query, variables }) => {
    const { errors, body } = await ask(query, variables);
    expect(errors.length).toBeGreaterThan(0);
    expect(body).not.toMatch(/did you mean/i);
  });
});

describe('A GET', () => {
  test('runs a query', async () => {
    expect(readGraphQL(await get('/graphql?query=%7B__typename%7D'))).toMatchObject({
      status: 200,
      data: { __typename: 'Query' },
    });
  });

  test('takes variables', async () => {
    const target = `/graphql?query=${encodeURIComponent('query ($y: Boolean!) { __typename @include(if: $y) }')}&variables=${encodeURIComponent('{"y":false}')}`;
    expect(readGraphQL(await get(target))).toMatchObject({ status: 200, data: {} });
  });

  test.each([
    { name: 'variables that are no JSON', target: '/graphql?query=%7B__typename%7D&variables=%7B' },
    { name: 'variables that are a list', target: '/graphql?query=%7B__typename%7D&variables=%5B%5D' },
    { name: 'variables that are a number', target: '/graphql?query=%7B__typename%7D&variables=1' },
    { name: 'extensions that are no JSON', target: '/graphql?query=%7B__typename%7D&extensions=%7B' },
    { name: 'a percent sign alone', target: '/graphql?query=%' },
    { name: 'no query', target: '/graphql' },
    { name: 'an empty query', target: '/graphql?query=' },
    { name: 'a broken query', target: '/graphql?query=%7B' },
  ])('is a 400 with $name', async ({ target }) => {
    const answer = await get(target, spec);
    expect(readGraphQL(answer)).toMatchObject({ status: 400, code: expect.any(String) });
    expect(answer.body).not.toMatch(innards);
  });

  test('runs no mutation', async () => {
    const query = `mutation { uploadCouponBatch(file: null, input: null) { __typename } }`;
    for (const target of [
      `/graphql?query=${encodeURIComponent(query)}`,
      `/graphql?query=${encodeURIComponent(`${query.replace('mutation', 'mutation M')} query Q { __typename }`)}&operationName=M`,
    ]) {
      const answer = await get(target);
      expect(readGraphQL(answer)).toMatchObject({ status: 405, code: 'BAD_REQUEST' });
      expect(answer.body).not.toMatch(innards);
    }
    const valid = await get(`/graphql?query=${encodeURIComponent(uploadCouponBatch)}`);
    expect(readGraphQL(valid)).toMatchObject({ status: 405 });
  });
});

describe('A request line or head', () => {
  const query = '?query=%7B__typename%7D';

  test.each([
    { name: 'an absolute target', target: `http://gateway.example/graphql${query}` },
    { name: 'an absolute target with another host', target: `http://other.example:81/graphql${query}` },
    { name: 'an absolute target with capitals', target: `HTTP://gateway.example/graphql${query}` },
  ])('with $name works', async ({ target }) => {
    expect(readGraphQL(await get(target))).toMatchObject({ status: 200, data: { __typename: 'Query' } });
  });

  test.each([
    { name: 'no scheme that we know', target: 'ftp://gateway.example/graphql', status: 400 },
    { name: 'a broken absolute target', target: 'http://[/graphql', status: 400 },
    { name: 'an absolute target without a host', target: 'http:///', status: 400 },
    { name: 'two slashes and a host', target: `//evil/graphql${query}`, status: 404 },
    { name: 'three slashes', target: `///evil/graphql${query}`, status: 404 },
    { name: 'a backslash and a host', target: `/\\evil/graphql${query}`, status: 404 },
    { name: 'another path', target: '/nothing', status: 404 },
    { name: 'a slash behind', target: '/graphql/', status: 404 },
    { name: 'another case', target: '/GraphQL', status: 404 },
    { name: 'a path up', target: '/../../etc/passwd', status: 404 },
    { name: 'a path below', target: '/graphql/x', status: 404 },
    { name: 'a percent sign alone', target: '/%', status: 404 },
  ])('with $name is a clean $status', async ({ target, status }) => {
    const answer = await get(target);
    expect(answer.headers['content-type']).toMatch(/application\/json/);
    expect(readGraphQL(answer)).toMatchObject({ status, code: status === 404 ? 'NOT_FOUND' : 'BAD_REQUEST' });
    expect(answer.body).not.toMatch(innards);
  });

  test.each(['a b', '[', 'a:b:c', 'a/b', '<script>', 'a@b', 'host:99999', '%', ''])(
    'with the host "%s" is a clean 400',
    async (host) => {
      const answer = await get(`/graphql${query}`, { host });
      expect(readGraphQL(answer)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
      expect(answer.body).not.toMatch(innards);
    },
  );

  test.each([
    { name: 'no host', bytes: `GET /graphql${query} HTTP/1.1\r\n\r\n` },
    { name: 'two hosts', bytes: `GET /graphql${query} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n` },
    { name: 'the same host twice', bytes: `GET /graphql${query} HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n` },
  ])('with $name is told so', async ({ bytes }) => {
    expect(readGraphQL(await exchange(gateway.url, bytes))).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
    });
  });

  test.each([
    { name: 'no host, from a page without an origin', hosts: 'Origin: null\r\n' },
    { name: 'two hosts', hosts: 'Host: a\r\nHost: b\r\n' },
    { name: 'a host that is a path', hosts: 'Host: a/b\r\n' },
  ])('that opens a WebSocket with $name is refused, too', async ({ hosts }) => {
    const handshake =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n';
    const answer = await exchange(gateway.url, `GET /graphql HTTP/1.1\r\n${hosts}${handshake}\r\n`);
    expect(answer.status).toBe(400);
  });

  test('without a host works where the version of HTTP wants none', async () => {
    const answer = await exchange(gateway.url, `GET /graphql${query} HTTP/1.0\r\n\r\n`);
    expect(readGraphQL(answer)).toMatchObject({ status: 200, data: { __typename: 'Query' } });
  });

  test.each([
    { name: 'no HTTP', bytes: 'hello\r\n\r\n' },
    { name: 'a TLS handshake', bytes: Buffer.from('16030100c8010000c40303', 'hex') },
    { name: 'a header with a line break in its name', bytes: 'GET / HTTP/1.1\r\nHost: a\r\nx\ny: b\r\n\r\n' },
    {
      name: 'a length and chunks at once',
      bytes:
        'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    },
    {
      name: 'two lengths',
      bytes: 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
    },
    {
      name: 'a length that is none',
      bytes: 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
    },
    {
      name: 'a chunk of no size',
      bytes: `${postHead({ 'content-type': 'application/json', 'transfer-encoding': 'chunked' })}zz\r\n`,
    },
  ])('that is malformed is told so: $name', async ({ bytes }) => {
    const answer = await exchange(gateway.url, bytes);
    expect(readGraphQL(answer)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(answer.headers['connection']).toBe('close');
  });

  const large = 'x'.repeat(20_000);
  const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`x${at}`, 1]));
  test.each([
    { name: 'a header', bytes: requestHead('GET', '/graphql', { 'x-large': large }), status: 431 },
    { name: 'many headers', bytes: requestHead('GET', '/', many), status: 431 },
    { name: 'an address', bytes: requestHead('GET', `/graphql?${large}`), status: 414 },
    { name: 'an address and headers', bytes: requestHead('GET', `/?${large}`, { large }), status: 414 },
    { name: 'a half of one', bytes: `POST /graphql?${large}`, status: 414 },
  ])('that is too large is told which part of it is: $name', async ({ bytes, status }) => {
    const code = status === 414 ? 'URI_TOO_LONG' : 'HEADERS_TOO_LARGE';
    expect(readGraphQL(await exchange(gateway.url, bytes))).toMatchObject({ status, code });
  });

  test('that is too large is told so on a connection that had a request before', async () => {
    using connection = await openConnection(gateway.url);
    await connection.write(requestHead('GET', '/healthz'));
    expect(await connection.answer()).toMatchObject({ status: 200 });
    await connection.write(requestHead('GET', `/graphql?${large}`));
    expect(await connection.answer()).toMatchObject({ status: 414 });
  });

  test('that breaks off after a whole request leaves the answer to that alone', async () => {
    using connection = await openConnection(gateway.url);
    await connection.write(requestHead('GET', '/healthz'));
    expect(await connection.answer()).toMatchObject({ status: 200, body: 'ok\n' });
    await connection.write('garbage\r\n\r\n');
    expect(readGraphQL(await connection.answer())).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });
});

describe('Methods', () => {
  test.each(['PUT', 'PATCH', 'DELETE', 'PROPFIND'])(
    '%s of /graphql is a 405 that names those which are allowed',
    async (method) => {
      const answer = await exchange(gateway.url, requestHead(method, '/graphql', { 'content-length': 0 }));
      expect(answer.status).toBe(405);
      expect(answer.headers['allow']).toMatch(/GET, ?POST/);
      expect(answer.body).not.toMatch(innards);
    },
  );

  test.each(['/healthz', '/readyz', '/metrics'])('POST of %s is a 405', async (path) => {
    const answer = await exchange(gateway.url, requestHead('POST', path, { 'content-length': 0 }));
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe('GET, HEAD');
  });

  test.each(['/healthz', '/readyz', '/metrics'])('HEAD of %s answers without a body', async (path) => {
    const response = await fetch(new URL(path, gateway.url), { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  test('POST of an unknown path is a 404, its body unread', async () => {
    const head = requestHead('POST', '/nothing', { 'content-length': 1_000_000 });
    const answer = await exchange(gateway.url, head);
    expect(readGraphQL(answer)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(answer.headers['connection']).toBe('close');
  });
});

describe("The operator's paths", () => {
  test('tell that the gateway lives and works', async () => {
    expect(await get('/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await get('/readyz')).toMatchObject({ status: 200, body: 'ready\n' });
  });

  test('give metrics in the text format of Prometheus', async () => {
    const { status, headers, body } = await get('/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/plain; version=/);
    expect(body).toMatch(/^process_resident_memory_bytes \d/m);
  });

  test('take a query behind them', async () => {
    expect(await get('/healthz?from=probe')).toMatchObject({ status: 200 });
  });
});

describe('Other origins', () => {
  const preflight = (url: string, origin: string) =>
    exchange(
      url,
      requestHead('OPTIONS', '/graphql', {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-cap-api-oauth-token',
      }),
    );
  const corsHeaders = ({ headers }: RawAnswer) =>
    Object.keys(headers).filter((name) => name.startsWith('access-control-'));

  test('are told nothing by default', async () => {
    const answers = [
      await postJson(gateway.url, '{ __typename }', {}, { origin: listedOrigin }),
      await preflight(gateway.url, listedOrigin),
      await get('/healthz', { origin: listedOrigin }),
    ];
    expect(answers.flatMap(corsHeaders)).toEqual([]);
  });

  test.each([listedOrigin, 'http://localhost:3000'])(
    'are let in when they are listed: %s',
    async (origin) => {
      for (const answer of [
        await preflight(strict.url, origin),
        await postJson(strict.url, '{ __typename }', {}, { origin }),
      ]) {
        expect(answer.headers['access-control-allow-origin']).toBe(origin);
        expect(answer.headers['vary']).toMatch(/origin/i);
      }
    },
  );

  test('that are listed can read a refusal that comes before anything is executed, too', async () => {
    const answer = await postJson(
      strict.url,
      '{ __typename }',
      {},
      { origin: listedOrigin, accept: 'text/html' },
    );
    expect(answer).toMatchObject({
      status: 406,
      headers: { 'access-control-allow-origin': listedOrigin, 'access-control-allow-credentials': 'true' },
    });
  });

  test.each([
    'https://evil.example',
    'https://shop.example.evil.example',
    'http://shop.example',
    'https://shop.example:444',
    'null',
  ])('are kept out when they are not: %s', async (origin) => {
    for (const answer of [
      await preflight(strict.url, origin),
      await postJson(strict.url, '{ __typename }', {}, { origin }),
    ]) {
      expect(corsHeaders(answer)).toEqual([]);
      expect(answer.headers['vary']).toMatch(/origin/i);
    }
  });
});

describe('A query in an address, asked for by a page', () => {
  const query = '/graphql?query={__typename}';
  const ask = (headers: RequestHeaders, target = query) =>
    exchange(strict.url, requestHead('GET', target, headers));

  test.each([
    { name: 'as an image', headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } },
    { name: 'as a link', headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } },
    { name: 'of a neighbouring site', headers: { 'sec-fetch-site': 'same-site' } },
    {
      name: 'by fetch',
      headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    },
    { name: 'of a sandboxed frame', headers: { 'sec-fetch-site': 'cross-site', origin: 'null' } },
  ])('of another origin, $name, is refused', async ({ headers }) => {
    expect(readGraphQL(await ask(headers))).toMatchObject({ status: 403, code: 'CSRF_PREVENTED' });
  });

  test('as an event stream is refused before anything is watched', async () => {
    const subscription = encodeURIComponent(
      'subscription { uploadJobUpdated(ids: ["COUPON_BATCH:1:1"]) { id } }',
    );
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const accept = 'text/event-stream';
    const answer = await ask({ ...headers, accept }, `/graphql?query=${subscription}`);
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('CSRF_PREVENTED') });
    expect(strict.sandbox.requests).toEqual([]);
  });

  test.each([
    { name: 'of our own origin', headers: { 'sec-fetch-site': 'same-origin' } },
    { name: 'that a person opened', headers: { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' } },
    { name: 'of a listed origin', headers: { 'sec-fetch-site': 'cross-site', origin: listedOrigin } },
    {
      name: 'that may send our headers',
      headers: { 'sec-fetch-site': 'cross-site', 'x-graphql-yoga-csrf': 1 },
    },
    { name: 'that is a program', headers: { 'sec-fetch-mode': 'cors' } },
  ])('$name, is answered', async ({ headers }) => {
    expect(readGraphQL(await ask(headers))).toMatchObject({ status: 200, data: { __typename: 'Query' } });
  });
});

describe('What can be switched off', () => {
  afterEach(() => assertClean(strict));

  test.each([
    '{ __schema { types { name } } }',
    '{ __type(name: "Query") { name } }',
    'query { ...F } fragment F on Query { __schema { queryType { name } } }',
  ])('is introspection: %s', async (query) => {
    const refused = readGraphQL(await postJson(strict.url, query, {}, spec));
    expect(refused).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED', data: undefined });
    const allowed = readGraphQL(await postJson(gateway.url, query, {}, spec));
    expect(allowed).toMatchObject({ status: 200, code: undefined });
  });

  test('is the explorer', async () => {
    const page = (url: string) => exchange(url, requestHead('GET', '/graphql', { accept: 'text/html' }));
    expect(await page(gateway.url)).toMatchObject({
      status: 302,
      headers: { location: '/graphiql/' },
    });
    const off = await page(strict.url);
    expect(off.status).toBeGreaterThanOrEqual(400);
    expect(off.body).not.toMatch(/<html/i);
  });
});
