import { createHash, randomUUID } from 'node:crypto';
import { delay } from '../capillary/delay.ts';
import type { RedisLink } from '../redis/redis-link.ts';
import { createRedisScript } from '../redis/redis-script.ts';
import { createLocalKeyLock, KeyBusyError, type KeyLock } from './key-lock.ts';

/** Through which Redis, and for how long. Times in milliseconds. */
export interface RedisKeyLockOptions {
  /** Whoever made it closes it. */
  readonly link: Pick<RedisLink, 'run' | 'onBack'>;
  /** How long a replica that has died keeps the others from a key. Default 10,000. */
  readonly leaseMs?: number | undefined;
  /** Default 60,000. */
  readonly waitMs?: number | undefined;
  /** Between two tries to have the key. Default 200. */
  readonly retryMs?: number | undefined;
}

/**
 * A lock among the uploads of all replicas, for who repeats an upload through another one while the first still runs.
 * Where Redis is away it is the process's own, for who has not seen the key in other hands: upstream's list remains the
 * record of what was uploaded.
 */
export function createRedisKeyLock(options: RedisKeyLockOptions): KeyLock {
  const { link, leaseMs = 10_000, waitMs = 60_000, retryMs = 200 } = options;
  const local = createLocalKeyLock({ waitMs });

  return {
    hold(key, signal, work) {
      const giveUpAt = performance.now() + waitMs;
      // The local lock first: one of a process' uploads at most asks Redis.
      return local.hold(key, signal, async () => {
        // A hash, of one length: nothing of what the caller wrote stands in Redis.
        const name = `capillary-upload-gateway:1:upload:${createHash('sha256').update(key).digest('base64url')}`;
        const owner = randomUUID();
        await acquire(name, owner, giveUpAt, signal);
        const keep = () => ignoreOutage(link.run((redis) => renew(redis, [name], [owner, leaseMs])));
        const renewal = setInterval(keep, leaseMs / 3);
        // It may have come back without the key, and until the next renewal anybody could have it.
        const letGo = link.onBack(keep);
        try {
          return await work();
        } finally {
          clearInterval(renewal);
          letGo();
          ignoreOutage(link.run((redis) => release(redis, [name], [owner])));
        }
      });
    },
  };

  async function acquire(name: string, owner: string, giveUpAt: number, signal: AbortSignal): Promise<void> {
    let isTaken = false;
    for (;;) {
      try {
        if (await link.run((redis) => redis.set(name, owner, 'PX', leaseMs, 'NX'))) return;
        isTaken = true;
      } catch {
        // What was in other hands a moment ago is not free because Redis has stopped telling.
        if (!isTaken) return;
      }
      if (performance.now() + retryMs > giveUpAt) throw new KeyBusyError();
      await delay(retryMs * (0.5 + Math.random()), signal);
    }
  }
}

/** Also takes the key anew, when Redis came back without it. Keys: lock. Arguments: owner, lease in ms. */
const renew = createRedisScript(`
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`);

/** Keys: lock. Arguments: owner. */
const release = createRedisScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`);

/** The link has logged it, and the lease ends by itself. */
function ignoreOutage(call: Promise<unknown>): void {
  call.catch(() => {});
}
