import { afterEach, expect, test, vi } from 'vitest';
import { createRedisLink } from '../src/redis/redis-link.ts';
import { eventually } from './support/eventually.ts';
import { startStubRedis } from './support/stub-redis.ts';

afterEach(() => void vi.useRealTimers());

/** Such as one that a failed router has swallowed, and that was cut because no answer came. */
test('A connection to Redis outlives the clocks of the one before it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let isSilent = false;
  await using server = await startStubRedis(() => (isSilent ? '' : '+OK\r\n'));
  const told: string[] = [];
  const note = (_: object, text = '') => void told.push(text);
  const timeoutMs = 200;
  const link = createRedisLink({ url: server.url, timeoutMs, log: { info: note, warn: note } });
  const ping = () => link.run((redis) => redis.ping());
  await eventually(ping);
  isSilent = true;
  await expect(ping()).rejects.toThrow('Redis did not answer');
  isSilent = false;
  await eventually(ping);
  told.length = 0;
  await vi.advanceTimersByTimeAsync(60 * timeoutMs);
  await expect(ping()).resolves.toBe('OK');
  expect(told).toEqual([]);
  await link.close();
});
