import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** Runs a Lua script with these keys and arguments. `Answer` is what the script returns: it is not checked. */
export type RedisScript<Answer> = (
  redis: Redis,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<Answer>;

/** Sends the script's hash, and its text when the server does not know it yet or any more. */
export function createRedisScript<Answer>(lua: string): RedisScript<Answer> {
  const sha = createHash('sha1').update(lua).digest('hex');
  return async (redis, keys, args) => {
    try {
      return (await redis.evalsha(sha, keys.length, ...keys, ...args)) as Answer;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await redis.eval(lua, keys.length, ...keys, ...args)) as Answer;
    }
  };
}
