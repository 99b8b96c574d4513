import { describe, expect, test } from 'vitest';
import { createRedisLink } from '../src/redis/redis-link.ts';
import { eventually } from './support/eventually.ts';
import { startStubRedis } from './support/stub-redis.ts';

/** Answers each command that has this name with `nonsense`, and all others with OK. */
const startNonsense = (name: string, nonsense: string) =>
  startStubRedis((command) => (command === name ? nonsense : '+OK\r\n'));

/** What comes out of a listener instead fails the run as an unhandled error. */
describe('Redis is away, and the process goes on, when a server at its address says', () => {
  test.each([
    { name: 'one answer too many, and that one is nil', says: '$-1\r\n$-1\r\n' },
    { name: 'that an array of four billion follows', says: '*4294967296\r\n' },
    { name: 'arrays in arrays, twenty thousand deep', says: '*1\r\n'.repeat(20_000) },
    { name: 'the answer of an HTTP server', says: 'HTTP/1.1 400 Bad Request\r\n\r\n' },
  ])('$name', async ({ says }) => {
    await using server = await startNonsense('ping', says);
    const reasons: unknown[] = [];
    const log = { info: () => {}, warn: ({ reason }: { reason?: unknown }) => void reasons.push(reason) };
    const link = createRedisLink({ url: server.url, timeoutMs: 200, log });
    // One answer may be taken before what follows it is read.
    await link.run((redis) => redis.ping()).catch(() => {});
    await eventually(() => expect(reasons[0]).toMatch(/no answer|Protocol error/));
    await link.close();
  });

  test.each([
    { name: 'nil to a subscription', says: '$-1\r\n' },
    {
      name: 'an empty array to a subscription, and after it',
      says: '*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*0\r\n',
    },
  ])('$name', async ({ says }) => {
    await using server = await startNonsense('subscribe', says);
    const link = createRedisLink({ url: server.url, timeoutMs: 200 });
    await link.subscribe('a', () => {});
    await expect(link.run((redis) => redis.set('b', 'c'))).resolves.toBe('OK');
    await link.close();
  });
});
