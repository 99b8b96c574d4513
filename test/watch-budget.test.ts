import { setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createWatcher } from '../src/watch/create-watcher.ts';
import { createUpstream, credential, isTerminal, job, type Poll, ref } from './support/watch-upstream.ts';

const caller = credential('a');
const minute = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The most polls in any 60 seconds, both ends included. */
function busiestMinute(polls: readonly Poll[]): number {
  return Math.max(
    ...polls.map(
      (first) => polls.filter((p) => p.atMs >= first.atMs && p.atMs <= first.atMs + minute).length,
    ),
  );
}

function setUp(pollBudgetPerMinute?: number) {
  const upstream = createUpstream();
  upstream.answer(async ({ couponSeriesId }) => [job('1', 'STARTED', { couponSeriesId })]);
  const watcher = createWatcher({ listJobs: upstream.listJobs, isTerminal, pollBudgetPerMinute });
  const watch = (series: number, who = caller) =>
    watcher.watch([ref('1', String(series))], who, new AbortController().signal);
  const watchMany = (from: number, count: number) => Array.from({ length: count }, (_, i) => watch(from + i));
  return { upstream, watcher, watch, watchMany };
}

describe('the budget of a credential', () => {
  test.each([1, 2, 7, 60, 600])('of %i a minute is kept in any minute, and used', async (budget) => {
    const { upstream, watchMany, watcher } = setUp(budget);
    watchMany(0, 100);
    await vi.advanceTimersByTimeAsync(10 * minute);
    expect(busiestMinute(upstream.polls)).toBeLessThanOrEqual(budget);
    const wanted = Math.min(budget, 390) * 10;
    expect(upstream.polls.length).toBeGreaterThan(wanted * 0.9);
    watcher.close();
  });

  test('holds for calls that others make, too, which wait in line with the polls', async () => {
    const { upstream, watchMany, watcher } = setUp(10);
    watchMany(0, 20);
    const takenAtMs: number[] = [];
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    for (let at = 0; at < 20; at += 1) {
      void watcher.takePoll(caller, signal).then(() => takenAtMs.push(performance.now()));
    }
    await vi.advanceTimersByTimeAsync(10 * minute);
    expect(takenAtMs).toHaveLength(20);
    const [poll] = upstream.polls as [Poll];
    const calls = [...upstream.polls, ...takenAtMs.map((atMs) => ({ ...poll, atMs }))];
    expect(busiestMinute(calls)).toBeLessThanOrEqual(10);
    watcher.close();
  });

  test('is waited for no longer by who goes away, or after the end', async () => {
    const { watcher } = setUp(1);
    const gone = new AbortController();
    await watcher.takePoll(caller, gone.signal);
    const outcomes = Promise.allSettled([
      watcher.takePoll(caller, gone.signal),
      watcher.takePoll(caller, new AbortController().signal),
    ]);
    await vi.advanceTimersByTimeAsync(1_000);
    const reason = new Error('gone');
    gone.abort(reason);
    watcher.close();
    expect(await outcomes).toMatchObject([{ reason }, { reason: { code: 'SHUTTING_DOWN' } }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that makes a series wait for months does not keep the process busy', async () => {
    const upstream = createUpstream();
    upstream.answer(async ({ couponSeriesId }) => [job('1', 'STARTED', { couponSeriesId })]);
    const months = 100 * 24 * 60 * minute;
    const slow = { pollMinIntervalMs: months, pollMaxIntervalMs: months };
    const watcher = createWatcher({ listJobs: upstream.listJobs, isTerminal, ...slow });
    watcher.watch([ref('1', '1')], caller, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(minute);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await vi.advanceTimersByTimeAsync(minute);
    expect(timers).not.toHaveBeenCalled();
    expect(upstream.polls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2 * months);
    expect(upstream.polls.length).toBeGreaterThan(1);
    watcher.close();
  });

  test('is shared fairly by 200 series: none starves', async () => {
    const { upstream, watchMany, watcher } = setUp();
    watchMany(0, 200);
    await vi.advanceTimersByTimeAsync(30 * minute);
    expect(busiestMinute(upstream.polls)).toBeLessThanOrEqual(60);
    const counts = new Map<string, number>();
    for (const { couponSeriesId } of upstream.polls)
      counts.set(couponSeriesId, (counts.get(couponSeriesId) ?? 0) + 1);
    expect(counts.size).toBe(200);
    expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(5);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(12);
    watcher.close();
  });

  test('goes to the series where something happens before the quiet ones', async () => {
    const { upstream, watchMany, watcher } = setUp();
    let rows = 0;
    upstream.answer(async ({ couponSeriesId }) => {
      if (couponSeriesId === '7') rows += 1;
      return [job('1', 'STARTED', { couponSeriesId, totalUploadedCount: couponSeriesId === '7' ? rows : 0 })];
    });
    watchMany(0, 30);
    await vi.advanceTimersByTimeAsync(10 * minute);
    const of = (series: string) => upstream.polls.filter((poll) => poll.couponSeriesId === series).length;
    expect(of('7')).toBeGreaterThan(3 * of('8'));
    expect(of('8')).toBeGreaterThan(5);
    watcher.close();
  });

  test('lets a newcomer in within seconds, however many were there before', async () => {
    const { watch, watchMany, watcher } = setUp();
    watchMany(0, 200);
    await vi.advanceTimersByTimeAsync(15 * minute);
    const newcomer = watch(1000).next();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await Promise.race([newcomer, 'still waiting'])).toMatchObject({
      value: { couponSeriesId: '1000' },
    });
    watcher.close();
  });

  test('serves those who stay faster when the others leave', async () => {
    const { upstream, watchMany, watcher } = setUp();
    const iterators = watchMany(0, 200);
    await vi.advanceTimersByTimeAsync(5 * minute);
    for (const iterator of iterators.slice(2)) await iterator.return?.();
    upstream.polls.length = 0;
    await vi.advanceTimersByTimeAsync(minute);
    expect(new Set(upstream.polls.map((poll) => poll.couponSeriesId))).toEqual(new Set(['0', '1']));
    expect(upstream.polls.length).toBeGreaterThanOrEqual(8);
    watcher.close();
  });

  test('is not renewed by coming and going', async () => {
    const { upstream, watch } = setUp(20);
    for (let round = 0; round < 200; round += 1) {
      const iterator = watch(round);
      await vi.advanceTimersByTimeAsync(1000);
      await iterator.return?.();
    }
    expect(busiestMinute(upstream.polls)).toBeLessThanOrEqual(20);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is not shared with another credential', async () => {
    const { upstream, watch, watchMany, watcher } = setUp();
    watchMany(0, 200);
    await vi.advanceTimersByTimeAsync(5000);
    const other = watch(0, credential('b')).next();
    await vi.advanceTimersByTimeAsync(0);
    expect(await other).toMatchObject({ value: { jobId: '1' } });
    expect(upstream.polls.at(-1)?.credentialId).toBe('b');
    watcher.close();
  });

  test('and the paces of thousands of passing credentials are forgotten', async () => {
    const { watch, watcher } = setUp();
    for (let i = 0; i < 5000; i += 1) {
      const iterator = watch(1, credential(`token ${i}`));
      await iterator.next();
      await iterator.return?.();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(watcher.stats()).toMatchObject({ loops: 0, watchers: 0, polls: 5000 });
    expect(watcher.stats().credentials).toBeLessThan(500);
    // Though none comes any more that could push the last ones out.
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(watcher.stats().credentials).toBe(0);
  });
});
