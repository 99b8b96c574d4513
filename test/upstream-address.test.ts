import { describe, expect, test } from 'vitest';
import { couponStatus } from './support/documented-answers.ts';
import { type GraphQLAnswer, upload } from './support/graphql-client.ts';
import { exchange, postHead, postJson, readGraphQL } from './support/raw-graphql.ts';
import { startGateway } from './support/start-gateway.ts';
import { type StubAnswer, type StubServer, startStubServer } from './support/stub-server.ts';

const jobs = '{ couponSeries(id: "535521") { uploadJobs(kind: COUPON_BATCH) { totalCount } } }';
const secret = 'caller-token-0451';

function gatewayBefore(upstream: StubServer, env: Record<string, string> = {}) {
  return startGateway({ env: { COUPON_API_URL: upstream.url, ...env } });
}

describe('Where calls go is decided by the settings alone', () => {
  const forwarded = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-for': '10.0.0.1',
    'x-original-url': 'http://evil.example/coupon',
    'x-rewrite-url': '/elsewhere',
    forwarded: 'host=evil.example;proto=https',
  };
  const body = JSON.stringify({ query: jobs });
  const json = { 'content-type': 'application/json', 'content-length': body.length };

  test.each([
    { name: 'a Host header', head: postHead({ ...json, host: 'evil.example' }) },
    { name: 'an absolute target', head: postHead(json).replace('POST /', 'POST http://evil.example/') },
    { name: 'the headers of proxies', head: postHead({ ...json, ...forwarded }) },
  ])('and not by $name', async ({ head }) => {
    await using evil = await startStubServer(() => ({ body: {} }));
    await using upstream = await startStubServer(() => ({ body: couponStatus }));
    await using started = await gatewayBefore(upstream);
    const named = new URL(evil.url).host;
    const answer = readGraphQL(await exchange(started.url, head.replaceAll('evil.example', named) + body));
    expect(answer).toMatchObject({ status: 200, data: { couponSeries: { uploadJobs: expect.any(Object) } } });
    expect(evil.requests).toEqual([]);
    expect(upstream.requests.length).toBe(1);
    for (const { headers } of upstream.requests) {
      expect(headers.host).toBe(new URL(upstream.url).host);
      expect(
        Object.keys(headers).filter((name) => name.includes('forwarded') || name.includes('url')),
      ).toEqual([]);
    }
  });
});

describe.each([301, 302, 303, 307, 308])('A redirect of upstream (%i) is not followed', (status) => {
  const away = (to: StubServer): StubAnswer => ({
    status,
    headers: { location: `${to.url}/coupon/api/v1/upload/file/541854` },
  });

  const expectRefusal = ({ data, errors }: Pick<GraphQLAnswer, 'data' | 'errors'>) => {
    const told = JSON.stringify({ data, errors });
    expect(told).toContain('redirects are not followed');
    expect(told).not.toContain(secret);
  };

  test('by a list', async () => {
    await using other = await startStubServer(() => ({ body: couponStatus }));
    await using upstream = await startStubServer(() => away(other));
    await using started = await gatewayBefore(upstream);
    expectRefusal(readGraphQL(await postJson(started.url, jobs, {}, { 'x-cap-api-oauth-token': secret })));
    expect(other.requests).toEqual([]);
    expect(upstream.requests.length).toBeGreaterThan(0);
  });

  test('by an upload', async () => {
    await using other = await startStubServer(() => ({ body: couponStatus }));
    await using upstream = await startStubServer(({ method }) =>
      method === 'POST' ? away(other) : { body: couponStatus },
    );
    await using started = await gatewayBefore(upstream);
    expectRefusal(await upload(started.url, { headers: { 'x-cap-api-oauth-token': secret } }));
    expect(other.requests).toEqual([]);
    expect(upstream.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  test('by a call for a token', async () => {
    await using other = await startStubServer(() => ({
      body: { data: { accessToken: 'stolen', ttlSeconds: 300 } },
    }));
    await using upstream = await startStubServer(() => away(other));
    await using started = await gatewayBefore(upstream, {
      CAPILLARY_CLIENT_KEY: 'key',
      CAPILLARY_CLIENT_SECRET: secret,
    });
    expectRefusal(readGraphQL(await postJson(started.url, jobs)));
    expect(other.requests).toEqual([]);
    expect(upstream.requests.length).toBeGreaterThan(0);
  });
});
