import { expect, test } from 'vitest';
import { createWatcher } from '../src/watch/create-watcher.ts';
import { createPerCredential } from '../src/watch/per-credential.ts';
import type { PollTurn } from '../src/watch/poll-exchange.ts';
import { createPollScheduler } from '../src/watch/poll-scheduler.ts';
import { createUpstream, credential, isTerminal, job, ref } from './support/watch-upstream.ts';

const { signal } = new AbortController();
const caller = credential('a');
const refsOf = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => ref('1', String(from + at)));

function setUp() {
  const upstream = createUpstream();
  upstream.answer(async ({ couponSeriesId }) => [job('1', 'STARTED', { couponSeriesId })]);
  const watcher = createWatcher({ listJobs: upstream.listJobs, isTerminal });
  return { watcher, [Symbol.dispose]: () => watcher.close() };
}

const refusal = { code: 'RATE_LIMITED', retryAfterSeconds: 5 };

test('jobs of more than 1,000 series are not watched with one credential, in one subscription or in several', async () => {
  using started = setUp();
  const { watcher } = started;
  await expect(watcher.watch(refsOf(1, 1_001), caller, signal).next()).rejects.toMatchObject(refusal);
  expect(watcher.stats()).toMatchObject({ watchers: 0, loops: 0 });
  watcher.watch(refsOf(1, 600), caller, signal);
  await expect(watcher.watch(refsOf(601, 401), caller, signal).next()).rejects.toMatchObject(refusal);
  expect(watcher.stats()).toMatchObject({ watchers: 1, loops: 600 });
});

test('series that are watched already do not count again, those of others not at all, and those given up no more', async () => {
  using started = setUp();
  const { watcher } = started;
  const first = watcher.watch(refsOf(1, 1_000), caller, signal);
  watcher.watch(refsOf(500, 400), caller, signal);
  watcher.watch(refsOf(5_000, 1_000), credential('b'), signal);
  expect(watcher.stats()).toMatchObject({ watchers: 3, loops: 2_000 });
  await first.return?.();
  expect(watcher.stats()).toMatchObject({ watchers: 2, loops: 1_400 });
  watcher.watch(refsOf(2_000, 600), caller, signal);
  expect(watcher.stats()).toMatchObject({ watchers: 3, loops: 2_000 });
});

test('a credential keeps its scheduler, however many others come that are never used', () => {
  const kept = createPerCredential(() => ({ isIdle: () => true }));
  for (let id = 0; id < 100; id += 1) expect(kept.get(`${id}`)).toBe(kept.get(`${id}`));
});

test('thousands of loops that come at once are looked through once, and so are those that go', async () => {
  let looks = 0;
  const scheduler = createPollScheduler({ budgetPerMinute: 60, pauseMs: 1, now: () => 0 });
  const loops = Array.from({ length: 2_000 }, () => ({
    dueMs() {
      looks += 1;
      return 60_000;
    },
    isPolling: () => false,
    intervalMs: () => 1_000,
    begin: async (): Promise<PollTurn> => ({ type: 'wait', ms: 1_000 }),
    serve: () => false,
    fail: () => {},
  }));
  for (const loop of loops) scheduler.add(loop);
  await Promise.resolve();
  for (const loop of loops) scheduler.remove(loop);
  await Promise.resolve();
  expect(looks).toBe(loops.length);
});
