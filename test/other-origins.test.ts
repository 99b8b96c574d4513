import { describe, expect, test } from 'vitest';
import type { RawAnswer } from './support/raw-connection.ts';
import { exchange, postJson, type RequestHeaders, readGraphQL, requestHead } from './support/raw-graphql.ts';
import { useGateway } from './support/use-gateway.ts';

const listedOrigin = 'https://shop.example';

const gateway = useGateway();
const listing = useGateway({ env: { CORS_ORIGINS: `${listedOrigin},http://localhost:3000` } });

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
      await exchange(gateway.url, requestHead('GET', '/healthz', { origin: listedOrigin })),
    ];
    expect(answers.flatMap(corsHeaders)).toEqual([]);
  });

  test.each([listedOrigin, 'http://localhost:3000'])(
    'are let in when they are listed: %s',
    async (origin) => {
      for (const answer of [
        await preflight(listing.url, origin),
        await postJson(listing.url, '{ __typename }', {}, { origin }),
      ]) {
        expect(answer.headers['access-control-allow-origin']).toBe(origin);
        expect(answer.headers['vary']).toMatch(/origin/i);
      }
    },
  );

  test('that are listed can read a refusal that comes before anything is executed, too', async () => {
    const answer = await postJson(
      listing.url,
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
      await preflight(listing.url, origin),
      await postJson(listing.url, '{ __typename }', {}, { origin }),
    ]) {
      expect(corsHeaders(answer)).toEqual([]);
      expect(answer.headers['vary']).toMatch(/origin/i);
    }
  });
});

describe('A query in an address, asked for by a page', () => {
  const query = '/graphql?query={__typename}';
  const ask = (headers: RequestHeaders, target = query) =>
    exchange(listing.url, requestHead('GET', target, headers));

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
    expect(listing.sandbox.requests).toEqual([]);
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
