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
  /** How long Redis may be away before uploads go on without it. Default 2,000. */
  readonly patienceMs?: number | undefined;
}

/**
 * A lock among the uploads of all replicas, for a client that repeats an upload through another replica while
 * the first try still runs. Once Redis has been away for a while, it is only the process's own lock, unless the key was
 * seen in other hands just before. Upstream's list remains the record of what was uploaded.
 */
export function createRedisKeyLock(options: RedisKeyLockOptions): KeyLock {
  const { link, leaseMs = 10_000, waitMs = 60_000, retryMs = 200, patienceMs = 2_000 } = options;
  const local = createLocalKeyLock({ waitMs });
  /** Since when no upload that wanted a key had an answer of Redis. `undefined`: the last one had. */
  let awaySinceMs: number | undefined;

  return {
    hold(key, signal, work) {
      const giveUpAt = performance.now() + waitMs;
      // The local lock first: so at most one upload of a process asks Redis.
      return local.hold(key, signal, async () => {
        // A hash, so that it has one length and nothing that the caller wrote stands in Redis.
        const name = `capillary-upload-gateway:1:upload:${createHash('sha256').update(key).digest('base64url')}`;
        const owner = randomUUID();
        let isUnbroken = await acquire(name, owner, giveUpAt, signal);
        let isLost = false;

        async function renew(): Promise<void> {
          const answer = await link.run((redis) => take(redis, [name], [owner, leaseMs]));
          if (answer === 0) isLost = true;
          if (answer === 2) isUnbroken = false;
        }

        const keep = () => ignoreOutage(renew());
        const renewal = setInterval(keep, leaseMs / 3);
        // Redis may have come back without the key, which anybody could take until the next renewal.
        const letGo = link.onBack(keep);
        try {
          return await work(async () => {
            const isKnown = await renew().then(
              () => true,
              () => false,
            );
            if (isLost) throw new KeyBusyError();
            return isKnown && isUnbroken;
          });
        } finally {
          clearInterval(renewal);
          letGo();
          ignoreOutage(link.run((redis) => release(redis, [name], [owner])));
        }
      });
    },
  };

  /** Resolves to whether the key is held; otherwise it is only the process's own. */
  async function acquire(
    name: string,
    owner: string,
    giveUpAt: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    let isTaken = false;
    for (;;) {
      try {
        const isMine = await link.run((redis) => take(redis, [name], [owner, leaseMs]));
        awaySinceMs = undefined;
        if (isMine) return true;
        isTaken = true;
      } catch {
        awaySinceMs ??= performance.now();
        // A key that was in other hands a moment ago is not free because Redis no longer answers. And most of the time it
        // answers again in a moment: the machine was busy, or a connection was lost.
        if (!isTaken && performance.now() - awaySinceMs >= patienceMs) return false;
      }
      if (performance.now() + retryMs > giveUpAt) throw new KeyBusyError();
      await delay(retryMs * (0.5 + Math.random()), signal);
    }
  }
}

/**
 * Takes a key that is free, or renews it: it may have been taken by a try whose answer was lost, and Redis may have come
 * back without it. Returns 0 where another has it, 1 where it was the owner's already, and 2 where it was free.
 * Keys: lock. Arguments: owner, lease in ms.
 */
const take = createRedisScript<0 | 1 | 2>(`
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return owner and 1 or 2
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
