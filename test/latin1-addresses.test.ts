import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchange, requestHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

// Found by the fuzz: two bytes that are a letter in UTF-8, and in Latin-1, as headers are read, no part of a name.
const noName = 'http://\xc3\xa0';

let gateway: TestGateway;
beforeAll(async () => {
  // Node 20 and 22 take it for an address only once V8 has compiled the function, as in any gateway that has worked for a while.
  for (let call = 0; call < 200_000; call += 1) URL.canParse(`http://${call}/`);
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const answerTo = (head: string) => exchange(gateway.url, Buffer.from(head, 'latin1'));

describe('What is no address in Latin-1', () => {
  test('is refused as the origin of a WebSocket, and the process lives', async () => {
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': 13 };
    const key = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
    const head = requestHead('GET', '/graphql', { ...upgrade, ...key, origin: noName });
    expect((await answerTo(head)).status).toBe(403);
    expect((await answerTo(requestHead('GET', '/healthz'))).status).toBe(200);
  });

  test('is refused as a host', async () => {
    const host = noName.slice('http://'.length);
    expect((await answerTo(requestHead('GET', '/graphql?query={__typename}', { host }))).status).toBe(400);
    expect(gateway.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  });
});
