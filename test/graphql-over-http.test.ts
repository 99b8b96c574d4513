import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { token, uploadCouponBatch } from './support/graphql-client.ts';
import { encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import {
  exchange,
  postForm,
  postHead,
  type RequestHeaders,
  readGraphQL,
  requestHead,
} from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

let started: TestGateway;
beforeAll(async () => {
  started = await startGateway();
});
afterAll(async () => {
  await started[Symbol.asyncDispose]();
});

// The rules of the GraphQL over HTTP specification, as its reference implementation audits them. A MAY is no demand.
describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => started.url, fetchFn: fetch });
  test.each(
    audits.filter(({ name }) => !name.startsWith('MAY')).map((audit) => [audit.name, audit] as const),
  )('%s', async (_name, audit) => {
    const result = await audit.fn();
    expect(result.status, 'reason' in result ? result.reason : undefined).toBe('ok');
  });
});

const plain = 'application/json';
const graphql = 'application/graphql-response+json';

function post(body: string | Buffer, headers: RequestHeaders = {}) {
  const head = postHead({ 'content-type': plain, 'content-length': Buffer.byteLength(body), ...headers });
  return exchange(started.url, Buffer.concat([Buffer.from(head), Buffer.from(body)]));
}

const get = (target: string, method = 'GET', headers: RequestHeaders = {}) =>
  exchange(started.url, requestHead(method, target, { 'x-cap-api-oauth-token': token, ...headers }));

const typename = '{"query":"{ __typename }"}';

describe('What a client accepts', () => {
  test.each([
    'image/png',
    'text/html',
    'application/xml, image/*',
    'application/json;charset=utf-16',
    'application/json;q=0',
    'application/json;q=0, application/graphql-response+json;q=0, application/*',
    ',',
    'nonsense',
    `image/png;title="a, ${plain}"`,
  ])('when it is nothing of what is served, as in "%s", is a 406 that says what is', async (accept) => {
    const answer = await post(typename, { accept });
    expect(readGraphQL(answer)).toMatchObject({ status: 406, code: 'NOT_ACCEPTABLE' });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.body).toContain('application/graphql-response+json');
  });

  test('is looked at before a mutation is executed: nothing is uploaded for an answer that nobody takes', async () => {
    const form = encodeForm([operationsPart(), mapPart(), filePart()]);
    const answer = await postForm(started.url, form, { accept: 'text/html' });
    expect(readGraphQL(answer)).toMatchObject({ status: 406, code: 'NOT_ACCEPTABLE' });
    expect(started.sandbox.requests).toEqual([]);
  });

  test.each<{ accept: string | null; type: string }>([
    { accept: null, type: plain },
    { accept: '', type: plain },
    { accept: '*/*', type: plain },
    { accept: 'application/*', type: plain },
    { accept: 'text/html, */*;q=0.1', type: plain },
    { accept: 'application/xml, application/json', type: plain },
    { accept: 'APPLICATION/JSON', type: plain },
    { accept: 'application/json; charset=UTF-8', type: plain },
    { accept: graphql, type: graphql },
    { accept: `${graphql}; charset="utf-8"`, type: graphql },
    { accept: `${graphql}; charset=UTF8`, type: graphql },
    { accept: `${graphql}, ${plain}`, type: graphql },
    { accept: `${plain}, ${graphql}`, type: plain },
    { accept: `${plain};q=0.9, ${graphql}`, type: graphql },
    { accept: `${graphql};q=0.1, ${plain};q=0.9`, type: plain },
    { accept: `${graphql};q=0, ${plain};q=0.1`, type: plain },
    { accept: `${plain};q=0, */*`, type: graphql },
    { accept: `*/*, ${graphql};q=0`, type: plain },
    { accept: 'text/*;q=0, */*;q=0.1, image/*', type: plain },
    { accept: `image/*;a="${plain}", */*;a="x, text/event-stream, y"`, type: plain },
    { accept: `${graphql};title="a;q=0, \\", */*", ${plain};q=0.9`, type: graphql },
  ])('decides by its order and weights: $accept gets $type', async ({ accept, type }) => {
    const answer = await post(typename, { accept });
    expect(readGraphQL(answer)).toMatchObject({ status: 200, data: { __typename: 'Query' } });
    expect(answer.headers['content-type']).toBe(`${type}; charset=utf-8`);
  });
});

describe('The status', () => {
  const requests: Record<
    string,
    { body: string | Buffer; code: string | undefined; plain: number; graphql: number }
  > = {
    'a body that is no JSON': { body: '{', code: 'BAD_REQUEST', plain: 400, graphql: 400 },
    'no query': { body: '{}', code: 'BAD_REQUEST', plain: 400, graphql: 400 },
    // The specification, JSON Encoding: a server MUST ignore properties that it does not understand.
    'properties that the specification does not know': {
      body: '{"query":"{ __typename }","more":1,"id":[2],"__proto__":{"query":3},"constructor":null}',
      ...{ code: undefined, plain: 200, graphql: 200 },
    },
    'a query that only a prototype has': {
      ...{ body: '{"__proto__":{"query":"{ __typename }"}}', code: 'BAD_REQUEST', plain: 400, graphql: 400 },
    },
    'a body that is no UTF-8': {
      ...{ body: Buffer.from('{"query":"{ __typename \xff}"}', 'latin1'), code: 'BAD_REQUEST' },
      ...{ plain: 400, graphql: 400 },
    },
    'a body behind a byte order mark': {
      ...{ body: `\ufeff${typename}`, code: undefined, plain: 200, graphql: 200 },
    },
    'an operation name that is no string': {
      ...{ body: '{"query":"{ __typename }","operationName":["A"]}', code: 'BAD_REQUEST' },
      ...{ plain: 400, graphql: 400 },
    },
    'an operation name that is null': {
      ...{ body: '{"query":"{ __typename }","operationName":null}', code: undefined },
      ...{ plain: 200, graphql: 200 },
    },
    'extensions of 5,001 values': {
      body: JSON.stringify({ query: '{ __typename }', extensions: { a: Array(5_000).fill([]) } }),
      ...{ code: 'BAD_REQUEST', plain: 400, graphql: 400 },
    },
    'a document that does not parse': {
      ...{ body: '{"query":"{"}', code: 'GRAPHQL_PARSE_FAILED', plain: 200, graphql: 400 },
    },
    'a document that does not fit': {
      ...{ body: '{"query":"{ nothing }"}', code: 'GRAPHQL_VALIDATION_FAILED', plain: 200, graphql: 400 },
    },
    'an operation that the document does not have': {
      body: '{"query":"query A { __typename }","operationName":"B"}',
      ...{ code: 'BAD_USER_INPUT', plain: 200, graphql: 400 },
    },
    'a variable that is missing': {
      body: '{"query":"query ($id: ID!) { uploadJob(id: $id) { id } }"}',
      ...{ code: 'BAD_USER_INPUT', plain: 200, graphql: 400 },
    },
    'a variable for the file that is null': {
      body: JSON.stringify({ query: uploadCouponBatch, variables: { file: null } }),
      ...{ code: 'FILE_MISSING', plain: 200, graphql: 400 },
    },
    'a field that fails': {
      body: '{"query":"{ uploadJob(id: \\"x\\") { id } }"}',
      ...{ code: 'BAD_USER_INPUT', plain: 200, graphql: 200 },
    },
    'an answer': { body: typename, code: undefined, plain: 200, graphql: 200 },
  };
  test.each(Object.entries(requests))(
    'of %s is that of the media type, and the code is the same',
    async (_, { body, code, ...status }) => {
      for (const [accept, expected] of [
        [plain, status.plain],
        [graphql, status.graphql],
      ] as const) {
        const answer = await post(body, { accept });
        expect(readGraphQL(answer)).toMatchObject({ status: expected });
        expect(readGraphQL(answer).code).toBe(code);
        expect(answer.headers['content-type']).toBe(`${accept}; charset=utf-8`);
      }
    },
  );
});

describe('A request body', () => {
  test.each(['utf-16', 'iso-8859-1', '"UTF-16LE"'])('in %s is refused, not misread', async (charset) => {
    const answer = await post(typename, { 'content-type': `${plain}; charset=${charset}` });
    expect(readGraphQL(answer)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  test.each(['gzip', 'br', 'identity, gzip'])(
    'in the coding %s is refused with the one that is read',
    async (coding) => {
      const answer = await post(typename, { 'content-encoding': coding });
      expect(readGraphQL(answer)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
      expect(answer.headers['accept-encoding']).toBe('identity');
    },
  );

  test.each(['utf-8', 'UTF-8', '"utf-8"', 'utf8', 'us-ascii'])('in %s is read', async (charset) => {
    const answer = await post(typename, { 'content-type': `${plain}; charset=${charset}` });
    expect(readGraphQL(answer)).toMatchObject({ status: 200, data: { __typename: 'Query' } });
  });

  test.each([graphql, 'application/graphql', 'application/xml', `${plain}, text/plain`])(
    'of the type %s is refused',
    async (type) => {
      const answer = await post(typename, { 'content-type': type });
      expect(readGraphQL(answer)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
    },
  );

  test('is the place of the query of a POST, and the address is not', async () => {
    const head = postHead({ 'content-type': plain, 'content-length': 2 });
    const answer = await exchange(
      started.url,
      `${head.replace('/graphql', '/graphql?query={__typename}')}{}`,
    );
    expect(readGraphQL(answer)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });
});

describe('A method', () => {
  const query = encodeURIComponent('{ __typename }');
  const mutation = encodeURIComponent(uploadCouponBatch);

  test.each([plain, graphql, `${graphql}, ${plain}, text/event-stream, multipart/mixed`])(
    'GET runs no mutation for who accepts %s: a 405 that allows POST',
    async (accept) => {
      const answer = await get(`/graphql?query=${mutation}`, 'GET', { accept });
      expect(readGraphQL(answer)).toMatchObject({ status: 405, code: 'BAD_REQUEST' });
      const type = `${accept.split(',')[0]}; charset=utf-8`;
      expect(answer.headers).toMatchObject({ allow: 'POST', 'content-type': type });
      expect(started.sandbox.requests).toEqual([]);
    },
  );

  test('GET runs no mutation for who accepts event streams alone: a 405 there, too', async () => {
    const answer = await get(`/graphql?query=${mutation}`, 'GET', { accept: 'text/event-stream' });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(started.sandbox.requests).toEqual([]);
  });

  test('HEAD is a 405 that allows GET and POST, without a body', async () => {
    const response = await fetch(`${started.url}?query=${query}`, { method: 'HEAD' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
    expect(await response.text()).toBe('');
  });

  test('OPTIONS of no listed origin executes nothing, and lets nobody in', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const answer = await get(`/graphql?query=${query}`, 'OPTIONS', headers);
    expect(answer).toMatchObject({ status: 204, body: '', headers: { allow: 'GET, POST' } });
    // RFC 9110, 8.6: a 204 has no length.
    expect(answer.headers).not.toHaveProperty('content-length');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-allow'))).toEqual([]);
  });
});
