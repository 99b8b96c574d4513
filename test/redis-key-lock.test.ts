import { describe, expect, test } from 'vitest';
import { createRedisLink, type RedisLink } from '../src/redis/redis-link.ts';
import { KeyBusyError } from '../src/upload/key-lock.ts';
import { createRedisKeyLock } from '../src/upload/redis-key-lock.ts';
import { eventually } from './support/eventually.ts';
import { hasRedisServer, startRedisServer } from './watch-redis-server.ts';

const never = new AbortController().signal;
/** Longer than the test: no renewal comes by itself. */
const leaseMs = 60_000;

async function isUp(link: RedisLink): Promise<void> {
  await eventually(() => link.run((redis) => redis.ping()));
}

describe.skipIf(!hasRedisServer())('A key that is held', () => {
  test('is held again as soon as Redis is back without it, and given back at the end', async () => {
    await using server = await startRedisServer();
    const [first, second] = [createRedisLink({ url: server.url }), createRedisLink({ url: server.url })];
    const holder = createRedisKeyLock({ link: first, leaseMs });
    const other = createRedisKeyLock({ link: second, leaseMs, waitMs: 300, retryMs: 50 });
    let end: () => void = () => {};
    try {
      await isUp(first);
      let isHeld: () => void = () => {};
      const held = new Promise<void>((resolve) => {
        isHeld = resolve;
      });
      const work = holder.hold('a', never, () => {
        isHeld();
        return new Promise<void>((resolve) => {
          end = resolve;
        });
      });
      await held;
      await server.kill();
      await server.start();
      await isUp(second);
      await eventually(async () => expect(await second.run((redis) => redis.dbsize())).toBe(1));
      await expect(other.hold('a', never, async () => 'both')).rejects.toThrow(KeyBusyError);
      end();
      await work;
      await expect(other.hold('a', never, async () => 'in turn')).resolves.toBe('in turn');
    } finally {
      end();
      await first.close();
      await second.close();
    }
  });
});
