import { createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { createRedisLink, type RedisLink } from '../src/redis/redis-link.ts';
import { type IsUnbroken, KeyBusyError, type KeyLock } from '../src/upload/repeats/key-lock.ts';
import { createRedisKeyLock } from '../src/upload/repeats/redis-key-lock.ts';
import { eventually } from './support/eventually.ts';
import { listen } from './support/listen.ts';
import { hasRedisServer, startRedisServer } from './support/watch-redis-server.ts';

const never = new AbortController().signal;
/** Longer than the test: no renewal comes by itself. */
const leaseMs = 60_000;

async function isUp(link: RedisLink): Promise<void> {
  await eventually(() => link.run((redis) => redis.ping()));
}

/** A link to a Redis that gives these answers in turn, and the last one from then on. */
function linkThatSays(...answers: readonly (() => Promise<unknown>)[]): Pick<RedisLink, 'run' | 'onBack'> {
  let calls = 0;
  return {
    run: () => answers[Math.min(calls++, answers.length - 1)]?.() as Promise<never>,
    onBack: () => () => {},
  };
}

const taken = async () => null;
const free = async () => 'OK';
const away = async () => {
  throw new Error('Redis is away');
};

describe('A key that another replica holds', () => {
  test('is not taken for free because Redis does not answer once', async () => {
    const told: string[] = [];
    const note = (word: string, say: () => Promise<unknown>) => () => {
      told.push(word);
      return say();
    };
    const link = linkThatSays(note('taken', taken), note('away', away), note('free', free));
    await createRedisKeyLock({ link, retryMs: 5 }).hold('a', never, async () => void told.push('mine'));
    expect(told.slice(0, 4)).toEqual(['taken', 'away', 'free', 'mine']);
  });

  test('is busy, and not free, when Redis stays away', async () => {
    const lock = createRedisKeyLock({ link: linkThatSays(taken, away), waitMs: 100, retryMs: 5 });
    await expect(lock.hold('a', never, async () => 'both')).rejects.toThrow(KeyBusyError);
  });

  test('is not had because Redis did not answer the very first time', async () => {
    const told: string[] = [];
    const note = (word: string, say: () => Promise<unknown>) => () => {
      told.push(word);
      return say();
    };
    const link = linkThatSays(note('away', away), note('taken', taken), note('free', free));
    await createRedisKeyLock({ link, retryMs: 5 }).hold('a', never, async () => void told.push('mine'));
    expect(told.slice(0, 4)).toEqual(['away', 'taken', 'free', 'mine']);
  });

  test('is had once Redis has been away for a while, by later ones at once: the lock is of this process alone', async () => {
    let calls = 0;
    const link = linkThatSays(() => {
      calls += 1;
      return away();
    });
    const lock = createRedisKeyLock({ link, patienceMs: 50, retryMs: 5 });
    await expect(lock.hold('a', never, async () => 'mine')).resolves.toBe('mine');
    calls = 0;
    await expect(lock.hold('b', never, async () => calls)).resolves.toBe(1);
  });
});

test.skipIf(!hasRedisServer())(
  'Redis is not away when it answers while the process stands still',
  async () => {
    await using server = await startRedisServer();
    const link = createRedisLink({ url: server.url, timeoutMs: 50 });
    await isUp(link);
    const answer = link.run((redis) => redis.ping());
    for (const startMs = performance.now(); performance.now() - startMs < 200; );
    expect(await answer).toBe('PONG');
    expect(link.isUp()).toBe(true);
    await link.close();
  },
);

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

describe.skipIf(!hasRedisServer())(
  'Of a key that Redis has lost while it was held, its holder is told',
  () => {
    /** Has the first hold the key, Redis restarted empty without its knowing, and then this done. */
    async function afterLoss(
      check: (
        others: KeyLock,
        isUnbroken: IsUnbroken,
        isUpAgain: () => Promise<void>,
        isFree: () => Promise<void>,
      ) => Promise<void>,
    ): Promise<void> {
      await using server = await startRedisServer();
      const [first, second] = [createRedisLink({ url: server.url }), createRedisLink({ url: server.url })];
      // Like one that is slow to reconnect.
      const holder = createRedisKeyLock({ link: { run: first.run, onBack: () => () => {} }, leaseMs });
      try {
        await isUp(first);
        await holder.hold('a', never, async (isUnbroken) => {
          expect(await isUnbroken()).toBe(true);
          await server.kill();
          expect(await isUnbroken()).toBe(false);
          await server.start();
          await isUp(second);
          const isFree = () =>
            eventually(async () => expect(await second.run((redis) => redis.dbsize())).toBe(0));
          const others = createRedisKeyLock({ link: second, leaseMs });
          await check(others, isUnbroken, () => isUp(first), isFree);
        });
      } finally {
        await first.close();
        await second.close();
      }
    }

    test('that another has it now, for good', () =>
      afterLoss(async (others, isUnbroken, isUpAgain) => {
        await others.hold('a', never, async () => {
          await isUpAgain();
          await expect(isUnbroken()).rejects.toThrow(KeyBusyError);
        });
        await expect(isUnbroken()).rejects.toThrow(KeyBusyError);
      }));

    test('that another may have had it, who is done', () =>
      afterLoss(async (others, isUnbroken, isUpAgain, isFree) => {
        await others.hold('a', never, async () => {});
        await isFree();
        await isUpAgain();
        expect([await isUnbroken(), await isUnbroken()]).toEqual([false, false]);
      }));
  },
);

test('Redis is away within its timeout when it takes connections and never greets', async () => {
  const silent = createServer((socket) => void socket.on('error', () => {}).resume());
  const { host } = await listen(silent);
  const timeoutMs = 100;
  const link = createRedisLink({ url: `redis://${host}`, timeoutMs });
  const begun = performance.eventLoopUtilization();
  await expect(link.run((redis) => redis.ping())).rejects.toThrow('Redis is away');
  // What was waited for, and not for a busy machine.
  expect(performance.eventLoopUtilization(begun).idle).toBeLessThan(4 * timeoutMs);
  await link.close();
  silent.close();
});
