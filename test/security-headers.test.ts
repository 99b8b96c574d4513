import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assertClean } from './support/assert-clean.ts';
import { openConnection, type RawAnswer } from './support/raw-connection.ts';
import { exchange, postHead, postJson, requestHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

const listed = 'https://shop.example';
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ env: { CORS_ORIGINS: `${listed},https://till.example` } });
});
afterAll(async () => {
  await assertClean(gateway);
  await gateway[Symbol.asyncDispose]();
});

const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
const json = { 'content-type': 'application/json', 'content-length': 2 };

describe('Every answer forbids sniffing, framing and keeping', () => {
  test.each([
    { name: 'data', bytes: requestHead('GET', '/graphql?query=%7B__typename%7D'), status: 200 },
    { name: 'a refused document', bytes: requestHead('GET', '/graphql?query=%7Bx%7D'), status: 200 },
    { name: 'a refused body', bytes: `${postHead(json)}[]`, status: 400 },
    {
      name: 'a form without a CSRF header',
      bytes: postHead({ 'graphql-require-preflight': null, 'content-length': 0 }),
      status: 403,
    },
    {
      name: 'a preflight',
      bytes: requestHead('OPTIONS', '/graphql', { origin: listed, 'access-control-request-method': 'POST' }),
      status: 204,
    },
    { name: 'another method', bytes: requestHead('DELETE', '/graphql'), status: 405 },
    { name: 'another path', bytes: requestHead('GET', '/nothing'), status: 404 },
    { name: 'a probe', bytes: requestHead('GET', '/healthz'), status: 200 },
    { name: 'the metrics', bytes: requestHead('GET', '/metrics'), status: 200 },
    { name: 'a malformed host', bytes: requestHead('GET', '/graphql', { host: 'a b' }), status: 400 },
    { name: 'no host', bytes: requestHead('GET', '/graphql', { host: null }), status: 400 },
    { name: 'what is no HTTP', bytes: 'hello\r\n\r\n', status: 400 },
    {
      name: 'a head that is too large',
      bytes: requestHead('GET', '/', { 'x-large': 'x'.repeat(20_000) }),
      status: 431,
    },
    { name: 'an upgrade elsewhere', bytes: requestHead('GET', '/nothing', upgrade), status: 404 },
    {
      name: 'an upgrade of a foreign page',
      bytes: requestHead('GET', '/graphql', { ...upgrade, origin: 'https://evil.example' }),
      status: 403,
    },
    { name: 'an upgrade without a key', bytes: requestHead('GET', '/graphql', upgrade), status: 400 },
  ])('$name', async ({ bytes, status }) => {
    const answer = await exchange(gateway.url, bytes);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(answer.headers).not.toHaveProperty('server');
    expect(answer.headers).not.toHaveProperty('x-powered-by');
  });

  test('an event stream, which says itself how it may be kept', async () => {
    using connection = await openConnection(gateway.url);
    const body = JSON.stringify({
      query: 'subscription { uploadJobUpdated(ids: ["COUPON_BATCH:1:1"]) { id } }',
    });
    const head = postHead({
      'content-type': 'application/json',
      'content-length': body.length,
      accept: 'text/event-stream',
    });
    await connection.write(head + body);
    expect(await connection.answer()).toMatchObject({
      status: 200,
      headers: {
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache',
        'referrer-policy': 'no-referrer',
      },
    });
  });
});

describe('A page of another origin', () => {
  const preflight = (origin: string, headers = {}) =>
    exchange(
      gateway.url,
      requestHead('OPTIONS', '/graphql', {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-cap-api-oauth-token',
        ...headers,
      }),
    );
  const permissions = ({ headers }: RawAnswer) =>
    Object.keys(headers).filter((name) => name.startsWith('access-control-'));

  test('that is listed may send its token, and read what it needs', async () => {
    const answer = await preflight(listed);
    expect(answer).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': listed,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'content-type,x-cap-api-oauth-token',
      },
    });
    expect(answer.headers['vary']?.toLowerCase().split(/, ?/)).toEqual([
      'origin',
      'access-control-request-headers',
    ]);
    const asked = await postJson(gateway.url, '{ __typename }', {}, { origin: listed });
    expect(asked.headers).toMatchObject({ 'access-control-allow-origin': listed, vary: 'Origin' });
    expect(asked.headers['access-control-expose-headers']).toContain('retry-after');
  });

  test('that is listed is told of its refusals, too', async () => {
    const answer = await exchange(gateway.url, `${postHead({ ...json, origin: listed })}[]`);
    expect(answer).toMatchObject({ status: 400, headers: { 'access-control-allow-origin': listed } });
  });

  test('may use no method beyond those of the API', async () => {
    const answer = await preflight(listed, { 'access-control-request-method': 'DELETE' });
    expect(answer.headers['access-control-allow-methods']).toBe('GET, POST');
  });

  test.each([
    'null',
    'https://evil.example',
    `${listed}.evil.example`,
    `${listed}:8443`,
    'HTTPS://SHOP.EXAMPLE',
    `${listed},https://till.example`,
    '*',
  ])('that is not listed may nothing, and caches know it: %s', async (origin) => {
    for (const answer of [
      await preflight(origin),
      await postJson(gateway.url, '{ __typename }', {}, { origin }),
    ]) {
      expect(permissions(answer)).toEqual([]);
      expect(answer.headers['vary']).toMatch(/^Origin/);
    }
  });

  test('is not asked for at all by programs, whose answers still vary', async () => {
    const answer = await postJson(gateway.url, '{ __typename }');
    expect(permissions(answer)).toEqual([]);
    expect(answer.headers['vary']).toBe('Origin');
  });
});
