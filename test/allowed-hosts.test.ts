import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchange, postJson, readGraphQL, requestHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ env: { ALLOWED_HOSTS: 'api.shop.example, localhost,[::1]' } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const upgrade = (host: string) =>
  requestHead('GET', '/graphql', {
    ...{ host, connection: 'Upgrade', upgrade: 'websocket' },
    ...{ 'sec-websocket-version': 13, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
    'sec-websocket-protocol': 'graphql-transport-ws',
  });

/** Masked, and without a reason: the WebSocket that was opened is over. */
const closeFrame = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

describe('With ALLOWED_HOSTS', () => {
  test.each(['rebound.example', 'rebound.example:4000', 'api.shop.example.rebound.example', '127.0.0.1'])(
    'a request for the host %j is misdirected, over POST, WebSocket and for a page',
    async (host) => {
      const answer = readGraphQL(await postJson(gateway.url, '{ __typename }', {}, { host }));
      expect(answer).toMatchObject({ status: 421, code: 'MISDIRECTED', data: undefined });
      expect((await exchange(gateway.url, upgrade(host))).status).toBe(421);
      expect((await exchange(gateway.url, requestHead('GET', '/graphiql/', { host }))).status).toBe(421);
    },
  );

  test.each(['api.shop.example', 'API.shop.example:443', 'localhost:4000', '[::1]:4000'])(
    'a request for the host %j is served, over POST and WebSocket',
    async (host) => {
      const { data } = readGraphQL(await postJson(gateway.url, '{ __typename }', {}, { host }));
      expect(data).toEqual({ __typename: 'Query' });
      const withClose = Buffer.concat([Buffer.from(upgrade(host)), closeFrame]);
      expect((await exchange(gateway.url, withClose)).status).toBe(101);
    },
  );

  test('probes are answered whatever the host, since they come by address', async () => {
    const { status } = await exchange(gateway.url, requestHead('GET', '/readyz', { host: '10.1.2.3:4000' }));
    expect(status).toBe(200);
  });
});

test('Without ALLOWED_HOSTS every host is served', async () => {
  await using open = await startGateway();
  const { data } = readGraphQL(await postJson(open.url, '{ __typename }', {}, { host: 'any.example' }));
  expect(data).toEqual({ __typename: 'Query' });
});
