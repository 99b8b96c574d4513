import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { assertClean } from './support/assert-clean.ts';
import { openConnection } from './support/raw-connection.ts';
import { requestHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());
afterEach(() => assertClean(gateway));

const query = requestHead('GET', '/graphql?query=%7B__typename%7D');
const executed = async () => {
  const metrics = await (await fetch(new URL('/metrics', gateway.url))).text();
  return Number(/gateway_operations_total\{type="query",code="OK"\} (\d+)/.exec(metrics)?.[1]);
};

describe('Requests on one connection that do not wait for their answers', () => {
  test('are cut when there are more than 100, and the rest of them is not executed', async () => {
    const before = await executed();
    using connection = await openConnection(gateway.url);
    await connection.write(query.repeat(500));
    await connection.closed();
    expect((await executed()) - before).toBeLessThanOrEqual(100);
  });

  test('are all answered when there are 100 at a time, time and again', async () => {
    using connection = await openConnection(gateway.url);
    let received = '';
    const { socket } = connection;
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text;
    });
    socket.resume();
    for (let round = 1; round <= 3; round += 1) {
      await connection.write(query.repeat(100));
      await expect.poll(() => received.split('{"data":{"__typename":"Query"}}').length - 1).toBe(100 * round);
    }
  });
});
