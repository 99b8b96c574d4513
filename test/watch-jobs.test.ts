import { describe, expect, test, vi } from 'vitest';
import type { UpstreamJob } from '../src/capillary/upstream-job.ts';
import { createWatcher } from '../src/watch/create-watcher.ts';
import { useFakeClock } from './support/use-fake-clock.ts';
import {
  collect,
  createUpstream,
  credential,
  failure,
  isTerminal,
  job,
  ref,
  type Upstream,
} from './support/watch-upstream.ts';

const caller = credential('a');
const open = () => new AbortController().signal;

useFakeClock();

function setUp(options: Partial<Parameters<typeof createWatcher>[0]> = {}) {
  const upstream = createUpstream();
  const watcher = createWatcher({ listJobs: upstream.listJobs, isTerminal, ...options });
  const watch = (...jobIds: string[]) =>
    watcher.watch(
      jobIds.map((id) => ref(id)),
      caller,
      open(),
    );
  return { upstream, watcher, watch };
}

const nothing = { loops: 0, watchers: 0 };

/** Lets the next poll happen, whenever it is due. */
async function step(upstream: Upstream): Promise<void> {
  const polled = upstream.nextPoll();
  await vi.advanceTimersToNextTimerAsync();
  await polled;
  await vi.advanceTimersByTimeAsync(0);
}

describe('what a watcher sees', () => {
  test('the state now, then each change, to the end', async () => {
    const { upstream, watcher, watch } = setUp();
    const seen: UpstreamJob[] = [];
    upstream.list(job('1', 'STARTED'));
    const ended = collect(watch('1'), seen);
    await vi.advanceTimersByTimeAsync(0);
    for (const state of ['VALIDATED', 'VALIDATED', 'COMMITED', 'FINISHED']) {
      upstream.list(job('1', state));
      await step(upstream);
    }
    await ended;
    expect(seen.map((one) => one.uploadStatus)).toEqual(['STARTED', 'VALIDATED', 'COMMITED', 'FINISHED']);
    expect(watcher.stats()).toMatchObject(nothing);
  });

  const fields: Partial<UpstreamJob>[] = [
    { updatedOnMs: 2 },
    { errorCount: 1 },
    { totalUploadedCount: 7 },
    { errorFileUrl: 'error_1_1' },
    { uploadTableName: 'temp' },
    { audienceGroupId: '9' },
  ];
  test.each(fields)('a change of %o alone', async (change) => {
    const { upstream, watch } = setUp();
    upstream.list(job('1', 'STARTED'));
    const iterator = watch('1');
    await iterator.next();
    upstream.list(job('1', 'STARTED', change));
    const next = iterator.next();
    await step(upstream);
    expect(await next).toMatchObject({ value: change });
    await iterator.return?.();
  });

  test('several jobs of several series and kinds; the end when all are over', async () => {
    const { upstream, watcher } = setUp();
    const redeemed = { kind: 'REDEEMED_COUPONS', couponSeriesId: '2' } as const;
    upstream.list(job('1', 'FINISHED'), job('2', 'STARTED'), job('1', 'STARTED', redeemed));
    const seen: UpstreamJob[] = [];
    const refs = [ref('1'), ref('2'), ref('2'), ref('1', '2', 'REDEEMED_COUPONS')];
    const ended = collect(watcher.watch(refs, caller, open()), seen);
    await vi.advanceTimersByTimeAsync(0);
    expect(seen).toHaveLength(3);
    expect(watcher.stats()).toMatchObject({ loops: 2, watchers: 1 });
    upstream.list(job('1', 'FINISHED'), job('2', 'ERRORED'), job('1', 'STARTED', redeemed));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(watcher.stats()).toMatchObject({ loops: 1, watchers: 1 });
    upstream.list(job('1', 'FINISHED', redeemed));
    await vi.advanceTimersByTimeAsync(10_000);
    await ended;
    expect(seen).toHaveLength(5);
    expect(watcher.stats()).toMatchObject(nothing);
  });

  test('no jobs: the end', async () => {
    const { upstream, watch } = setUp();
    expect(await watch().next()).toMatchObject({ done: true });
    expect(upstream.polls).toEqual([]);
  });

  test('of a job that changes faster than it is read, the latest state only, in its old place', async () => {
    const { upstream, watch } = setUp();
    upstream.list(job('1', 'STARTED'), job('2', 'STARTED'));
    const iterator = watch('1', '2');
    await vi.advanceTimersByTimeAsync(0);
    for (let rows = 1; rows <= 50; rows += 1) {
      upstream.list(job('1', 'STARTED', { totalUploadedCount: rows }), job('2', 'STARTED'));
      await step(upstream);
    }
    expect(await iterator.next()).toMatchObject({ value: { jobId: '1', totalUploadedCount: 50 } });
    expect(await iterator.next()).toMatchObject({ value: { jobId: '2' } });
    upstream.list(job('1', 'FINISHED'), job('2', 'FINISHED'));
    await vi.advanceTimersByTimeAsync(3000);
    expect(await iterator.next()).toMatchObject({ value: { jobId: '1', uploadStatus: 'FINISHED' } });
    expect(await iterator.next()).toMatchObject({ value: { jobId: '2', uploadStatus: 'FINISHED' } });
    expect(await iterator.next()).toMatchObject({ done: true });
  });
});

describe('one poll loop', () => {
  test('for 1,000 watchers', async () => {
    const { upstream, watcher, watch } = setUp();
    upstream.list(job('1', 'STARTED'));
    const seen = Array.from({ length: 1000 }, (): UpstreamJob[] => []);
    const ends = seen.map((list) => collect(watch('1'), list));
    await vi.advanceTimersByTimeAsync(10);
    expect(upstream.polls).toHaveLength(1);
    upstream.list(job('1', 'FINISHED'));
    await vi.advanceTimersByTimeAsync(2000);
    await Promise.all(ends);
    expect(upstream.polls).toHaveLength(2);
    expect(new Set(seen.map((list) => list.length))).toEqual(new Set([2]));
    expect(watcher.stats()).toMatchObject(nothing);
  });

  test('gives who comes late the known state without a poll', async () => {
    const { upstream, watch } = setUp();
    upstream.list(job('1', 'STARTED'), job('2', 'VALIDATED'));
    const early = watch('1');
    await early.next();
    const late = watch('2');
    expect(await late.next()).toMatchObject({ value: { uploadStatus: 'VALIDATED' } });
    expect(upstream.polls).toHaveLength(1);
    await early.return?.();
    await late.return?.();
  });

  test('gives who comes late the last state and the end, if the job is over', async () => {
    const { upstream, watcher, watch } = setUp();
    upstream.list(job('1', 'STARTED'), job('2', 'FINISHED'));
    const early = watch('1');
    await early.next();
    const late: UpstreamJob[] = [];
    await collect(watch('2'), late);
    expect(late).toHaveLength(1);
    expect(watcher.stats()).toMatchObject({ loops: 1, watchers: 1 });
    await early.return?.();
  });

  test('polls soon for who watches a job that the last list did not have', async () => {
    const { upstream, watch } = setUp();
    upstream.list(job('1', 'STARTED'));
    const early = watch('1');
    await vi.advanceTimersByTimeAsync(120_000);
    const polls = upstream.polls.length;
    upstream.list(job('1', 'STARTED'), job('2', 'STARTED'));
    const late = watch('2');
    const state = late.next();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await state).toMatchObject({ value: { jobId: '2' } });
    expect(upstream.polls).toHaveLength(polls + 1);
    await early.return?.();
    await late.return?.();
  });

  test('slows down from 1 s to 15 s while nothing changes, and is fast again after a change', async () => {
    const { upstream, watch } = setUp();
    const gaps = () => upstream.polls.slice(1).map((poll, i) => poll.atMs - (upstream.polls[i]?.atMs ?? 0));
    upstream.list(job('1', 'STARTED'));
    const iterator = watch('1');
    await vi.advanceTimersByTimeAsync(180_000);
    expect(gaps()[0]).toBeGreaterThanOrEqual(1000);
    expect(gaps()[0]).toBeLessThanOrEqual(1245);
    expect(gaps().at(-1)).toBeGreaterThan(12_200);
    expect(Math.max(...gaps())).toBeLessThanOrEqual(15_010);
    expect(new Set(gaps().slice(-4)).size).toBeGreaterThan(1);
    upstream.list(job('1', 'VALIDATED'));
    await step(upstream);
    await step(upstream);
    expect(gaps().at(-1)).toBeLessThanOrEqual(1245);
    await iterator.return?.();
  });

  test('never has two polls under way', async () => {
    const { upstream, watch } = setUp();
    let underWay = 0;
    let most = 0;
    upstream.answer(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 7000));
      underWay -= 1;
      return [job('1', 'STARTED')];
    });
    const early = watch('1');
    await vi.advanceTimersByTimeAsync(20_000);
    const late = watch('2');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(most).toBe(1);
    await early.return?.();
    await late.return?.();
    await vi.advanceTimersByTimeAsync(7000);
  });
});

describe('a watcher that goes away', () => {
  test.each(['abort', 'return'] as const)('by %s: no timer, no poll, no listener', async (how) => {
    const { upstream, watcher } = setUp();
    upstream.list(job('1', 'STARTED'));
    const client = new AbortController();
    const removed = vi.spyOn(client.signal, 'removeEventListener');
    const iterator = watcher.watch([ref('1')], caller, client.signal);
    await iterator.next();
    const pending = iterator.next();
    if (how === 'abort') client.abort();
    else await iterator.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(watcher.stats()).toMatchObject(nothing);
    expect(vi.getTimerCount()).toBe(0);
    expect(removed).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(upstream.polls).toHaveLength(1);
  });

  test('aborts the poll under way, if it was the last', async () => {
    const { upstream, watch } = setUp();
    upstream.answer(
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const [first, last] = [watch('1'), watch('1')];
    const { signal } = await upstream.nextPoll();
    await first?.return?.();
    expect(signal.aborted).toBe(false);
    await last?.return?.();
    expect(signal.aborted).toBe(true);
  });

  test('before it came: nothing is polled', async () => {
    const { upstream, watcher } = setUp();
    const iterator = watcher.watch([ref('1')], caller, AbortSignal.abort());
    expect(await iterator.next()).toMatchObject({ done: true });
    await vi.advanceTimersByTimeAsync(1000);
    expect(upstream.polls).toEqual([]);
  });

  test('leaves the others their loop', async () => {
    const { upstream, watch } = setUp();
    upstream.list(job('1', 'STARTED'));
    const [leaver, stayer] = [watch('1'), watch('1')];
    await leaver?.next();
    await stayer?.next();
    await leaver?.return?.();
    upstream.list(job('1', 'FINISHED'));
    const next = stayer?.next();
    await step(upstream);
    expect(await next).toMatchObject({ value: { uploadStatus: 'FINISHED' } });
  });

  test('gets nothing of what still waited', async () => {
    const { upstream, watch } = setUp();
    upstream.list(job('1', 'STARTED'));
    const iterator = watch('1');
    await upstream.nextPoll();
    await vi.advanceTimersByTimeAsync(0);
    await iterator.return?.();
    expect(await iterator.next()).toMatchObject({ done: true });
  });

  test('and comes back sees no state older than the one it had', async () => {
    const { upstream, watch } = setUp();
    upstream.list(job('1', 'STARTED', { totalUploadedCount: 5 }));
    const slow = new Promise<readonly UpstreamJob[]>((resolve) =>
      setTimeout(() => resolve([job('1', 'STARTED', { totalUploadedCount: 1 })]), 5000),
    );
    upstream.answer(() => slow);
    const gone = watch('1');
    await upstream.nextPoll();
    await gone.return?.();
    upstream.answer();
    const back = watch('1');
    expect(await back.next()).toMatchObject({ value: { totalUploadedCount: 5 } });
    const next = back.next();
    await vi.advanceTimersByTimeAsync(6000);
    await back.return?.();
    expect(await next).toMatchObject({ done: true });
  });
});

describe('close()', () => {
  test('ends all watchers as done, after what waits for them', async () => {
    const { upstream, watcher, watch } = setUp();
    upstream.list(job('1', 'STARTED'));
    const [idle, behind] = [watch('1'), watch('1')];
    await idle?.next();
    const pending = idle?.next();
    watcher.close();
    watcher.close();
    expect(await pending).toMatchObject({ done: true });
    expect(await behind?.next()).toMatchObject({ value: { jobId: '1' } });
    expect(await behind?.next()).toMatchObject({ done: true });
    expect(watcher.stats()).toMatchObject(nothing);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('lets nobody in any more', async () => {
    const { watcher, watch } = setUp();
    watcher.close();
    await expect(watch('1').next()).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});

describe('isolation', () => {
  test('another credential never gets the data of the first, nor its call under way', async () => {
    const { upstream, watcher } = setUp();
    upstream.answer(async ({ credentialId }) => [job('1', 'STARTED', { orgId: `org of ${credentialId}` })]);
    const mine = watcher.watch([ref('1')], caller, open());
    const theirs = watcher.watch([ref('1')], credential('b'), open());
    expect(await mine.next()).toMatchObject({ value: { orgId: 'org of a' } });
    const late = watcher.watch([ref('1')], credential('b'), open());
    expect(await theirs.next()).toMatchObject({ value: { orgId: 'org of b' } });
    expect(await late.next()).toMatchObject({ value: { orgId: 'org of b' } });
    expect(watcher.stats().loops).toBe(2);
    for (const iterator of [mine, theirs, late]) await iterator.return?.();
  });

  test('one credential that is refused does not end the watchers of another', async () => {
    const { upstream, watcher } = setUp();
    upstream.answer(async ({ credentialId }) => {
      if (credentialId !== 'a') throw failure('UNAUTHENTICATED');
      return [job('1', 'STARTED')];
    });
    const mine = watcher.watch([ref('1')], caller, open());
    await mine.next();
    const wrong: UpstreamJob[] = [];
    expect(await collect(watcher.watch([ref('1')], credential('wrong'), open()), wrong)).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(wrong).toEqual([]);
    expect(watcher.stats()).toMatchObject({ loops: 1, watchers: 1 });
    await mine.return?.();
  });
});
