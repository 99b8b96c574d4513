import type { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import type { RedisLink } from '../src/redis/redis-link.ts';
import { budgetWindowMs } from '../src/watch/poll-budget.ts';
import { createRedisExchange } from '../src/watch/redis/redis-exchange.ts';
import { job } from './support/watch-upstream.ts';

function seatAt(own: Partial<RedisLink>, heard: unknown[] = []) {
  const link: RedisLink = {
    run: () => Promise.reject(new Error('away')),
    subscribe: async () => {},
    unsubscribe: () => {},
    isUp: () => true,
    onBack: () => () => {},
    close: async () => {},
    ...own,
  };
  const key = { credentialId: 'a'.repeat(64), kind: 'COUPON_BATCH', couponSeriesId: '1' } as const;
  const exchange = createRedisExchange({ link, pollBudgetPerMinute: 60 });
  return exchange.join(key, { onReport: (report) => void heard.push(report), onFree: () => {} });
}

/** A seat at a Redis that answers everything with this, and notes what it was asked. */
function seatWhere(answer: unknown, asked: unknown[] = []) {
  return seatAt({
    async run(command) {
      asked.push(command);
      return answer as never;
    },
  });
}

describe('The time that Redis gives until the next turn is one that a timer can last', () => {
  test.each([
    { name: 'a day in a thousand years', says: '31536000000000', atMost: budgetWindowMs },
    { name: 'no number', says: 'soon', atMost: 0 },
  ])('$name', async ({ says, atMost }) => {
    expect(await seatWhere(['busy', '1', says]).begin()).toEqual({ type: 'busy', ms: atMost });
  });
});

test('A list too long to be passed on to the other replicas is news for our own watchers all the same', async () => {
  const asked: unknown[] = [];
  const seat = seatWhere(['poll', '1'], asked);
  const turn = await seat.begin();
  if (turn.type !== 'poll') throw new Error('no turn');
  const jobs = [job('1', 'STARTED', { uploadedFileName: 'x'.repeat(8 * 1024 * 1024) })];
  expect(await turn.finish({ outcome: { jobs }, nextInMs: 1, pauseMs: 0 })).toBe(true);
  expect(asked).toHaveLength(1);
  seat.leave();
});

test('A replica does not hear its own result, though it comes back sooner than the answer', async () => {
  let tell = (_: string) => {};
  const heard: unknown[] = [];
  const redis = {
    async evalsha(_: string, keys: number, ...[, , number, , body]: string[]) {
      if (keys === 3) return ['poll', '1'];
      tell(`${number} ${body}`);
      return 1;
    },
  };
  const seat = seatAt(
    {
      run: (command) => command(redis as unknown as Redis),
      async subscribe(_, listener) {
        tell = listener;
      },
    },
    heard,
  );
  await seat.catchUp();
  const turn = await seat.begin();
  if (turn.type !== 'poll') throw new Error('no turn');
  expect(await turn.finish({ outcome: { jobs: [] }, nextInMs: 1, pauseMs: 0 })).toBe(true);
  expect(heard).toEqual([]);
  seat.leave();
});
