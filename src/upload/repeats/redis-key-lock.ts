import { createHash, randomUUID } from 'node:crypto';
import { delay } from '../../flow/delay.ts';
import type { RedisLink } from '../../redis/redis-link.ts';
import { createRedisScript } from '../../redis/redis-script.ts';
import { createLocalKeyLock, KeyBusyError, type KeyLock } from './key-lock.ts';

/** Through which Redis, and how patiently. Times in milliseconds. */
export interface RedisKeyLockOptions {
  /** Whoever made it closes it. */
  readonly link: Pick<RedisLink, 'run' | 'onBack'>;
  /** How long a replica that has died keeps the others from a key. Default 10,000. */
  readonly leaseMs?: number | undefined;
  /** Default 60,000. */
  readonly waitMs?: number | undefined;
  /** Time between two tries to get the key. Default 200. */
  readonly retryMs?: number | undefined;
}

/**
 * A lock among the uploads of all replicas, for a client that repeats an upload through another replica while
 * the first try still runs. While Redis is away, it is only the process's own lock, unless the key was seen
 * in other hands just before. Upstream's list remains the record of what was uploaded.
 */
export function createRedisKeyLock(options: RedisKeyLockOptions): KeyLock {
  const { link, leaseMs = 10_000, waitMs = 60_000, retryMs = 200 } = options;
  const local = createLocalKeyLock({ waitMs });

  return {
    hold(key, signal, work) {
      const giveUpAt = performance.now() + waitMs;
      // The local lock first: so at most one upload of a process asks Redis.
      return local.hold(key, signal, async () => {
        // A hash, so that it has one length and nothing that the caller wrote stands in Redis.
        const name = `capillary-upload-gateway:1:upload:${createHash('sha256').update(key).digest('base64url')}`;
        const owner = randomUUID();
        await acquire(name, owner, giveUpAt, signal);
        const keep = () => ignoreOutage(link.run((redis) => renew(redis, [name], [owner, leaseMs])));
        const renewal = setInterval(keep, leaseMs / 3);
        // Redis may have come back without the key, which anybody could take until the next renewal.
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
        // A key that was in other hands a moment ago is not free because Redis no longer answers.
        if (!isTaken) return;
      }
      if (performance.now() + retryMs > giveUpAt) throw new KeyBusyError();
      await delay(retryMs * (0.5 + Math.random()), signal);
    }
  }
}

/** Renews the key, and takes it anew when Redis came back without it. Keys: lock. Arguments: owner, lease in ms. */
const renew = createRedisScript<0 | 1>(`
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`);

/** Keys: lock. Arguments: owner. */
const release = createRedisScript<0 | 1>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`);

/** The link has logged it, and the lease ends by itself. */
function ignoreOutage(call: Promise<unknown>): void {
  call.catch(() => {});
}
