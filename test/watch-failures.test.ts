import { describe, expect, test, vi } from 'vitest';
import type { UpstreamJob } from '../src/capillary/upstream-job.ts';
import { createWatcher } from '../src/watch/create-watcher.ts';
import { createLocalExchange } from '../src/watch/local-exchange.ts';
import type { PollExchange } from '../src/watch/poll-exchange.ts';
import { useFakeClock } from './support/use-fake-clock.ts';
import {
  collect,
  createUpstream,
  credential,
  failure,
  isTerminal,
  job,
  ref,
} from './support/watch-upstream.ts';

const caller = credential('a');
const open = () => new AbortController().signal;

useFakeClock();

function setUp(options: Partial<Parameters<typeof createWatcher>[0]> = {}) {
  const upstream = createUpstream();
  const lines: string[] = [];
  const log = {
    info: (_: object, message: string) => void lines.push(message),
    warn: (_: object, message: string) => void lines.push(message),
  };
  const watcher = createWatcher({ listJobs: upstream.listJobs, isTerminal, log, ...options });
  /** Resolves to what the watching ends with. */
  const watch = (...jobIds: string[]) =>
    collect(
      watcher.watch(
        jobIds.map((id) => ref(id)),
        caller,
        open(),
      ),
      [],
    );
  return { upstream, watcher, watch, lines };
}

describe('failures that a repeat does not mend', () => {
  test.each(['UNAUTHENTICATED', 'FORBIDDEN', 'REJECTED'] as const)(
    '%s ends all watchers at once',
    async (code) => {
      const { upstream, watcher, watch } = setUp();
      const error = failure(code);
      upstream.answer(() => Promise.reject(error));
      const [first, second] = [watch('1'), watch('2')];
      expect(await first).toBe(error);
      expect(await second).toBe(error);
      expect(upstream.polls).toHaveLength(1);
      expect(watcher.stats()).toMatchObject({ loops: 0, watchers: 0, failedPolls: 1 });
    },
  );

  test('a bug ends the watchers with itself', async () => {
    const { upstream, watch } = setUp();
    const bug = new TypeError('x is not a function');
    upstream.answer(() => Promise.reject(bug));
    expect(await watch('1')).toBe(bug);
  });

  test('a bug in the taking of turns ends the watchers of its series, and holds up no other', async () => {
    const bug = new TypeError('x is not a function');
    const local = createLocalExchange();
    const exchange: PollExchange = {
      ...local,
      join(key, events) {
        const seat = local.join(key, events);
        return key.couponSeriesId === '2' ? { ...seat, begin: () => Promise.reject(bug) } : seat;
      },
    };
    const { upstream, watcher } = setUp({ exchange });
    upstream.list(job('1', 'FINISHED'));
    const seen: UpstreamJob[] = [];
    const broken = collect(watcher.watch([ref('1', '2')], caller, open()), []);
    const other = collect(watcher.watch([ref('1')], caller, open()), seen);
    expect(await broken).toBe(bug);
    expect(await other).toBeUndefined();
    expect(seen).toEqual([job('1', 'FINISHED')]);
  });

  test('401 in the middle ends watchers after the states that they had', async () => {
    const { upstream, watcher } = setUp();
    upstream.list(job('1', 'STARTED'));
    const iterator = watcher.watch([ref('1')], caller, open());
    await upstream.nextPoll();
    await vi.advanceTimersByTimeAsync(1);
    upstream.answer(() => Promise.reject(failure('UNAUTHENTICATED')));
    await vi.advanceTimersByTimeAsync(2000);
    expect(await iterator.next()).toMatchObject({ value: { uploadStatus: 'STARTED' } });
    await expect(iterator.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test('a refused token ends the watchers of all its series', async () => {
    const { upstream, watcher } = setUp();
    upstream.answer(async ({ couponSeriesId }) => [job('1', 'STARTED', { couponSeriesId })]);
    const ends = ['1', '2', '3'].map((series) =>
      collect(watcher.watch([ref('1', series)], caller, open()), []),
    );
    await vi.advanceTimersByTimeAsync(0);
    upstream.answer(() => Promise.reject(failure('UNAUTHENTICATED')));
    await vi.advanceTimersByTimeAsync(4000);
    for (const end of ends) expect(await end).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(upstream.polls).toHaveLength(4);
  });

  test('one series that fails ends a watch over several', async () => {
    const { upstream, watcher } = setUp();
    upstream.answer(async ({ couponSeriesId }) => {
      if (couponSeriesId === '2') throw failure('FORBIDDEN');
      return [job('1', 'STARTED')];
    });
    const ended = collect(watcher.watch([ref('1', '1'), ref('2', '2')], caller, open()), []);
    expect(await ended).toMatchObject({ code: 'FORBIDDEN' });
    expect(watcher.stats()).toMatchObject({ loops: 0, watchers: 0 });
  });
});

describe('failures that may pass', () => {
  const passing = ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_INVALID_RESPONSE'] as const;

  test.each(passing)('%s is polled through', async (code) => {
    const { upstream, watcher, lines } = setUp();
    upstream.list(job('1', 'STARTED'));
    const iterator = watcher.watch([ref('1')], caller, open());
    expect(await iterator.next()).toMatchObject({ value: { uploadStatus: 'STARTED' } });
    upstream.answer(() => Promise.reject(failure(code)));
    await vi.advanceTimersByTimeAsync(100_000);
    expect(lines).toEqual(['polling fails and goes on']);
    upstream.list(job('1', 'FINISHED'));
    upstream.answer();
    const next = iterator.next();
    await vi.advanceTimersByTimeAsync(16_500);
    expect(await next).toMatchObject({ value: { uploadStatus: 'FINISHED' } });
    expect(await iterator.next()).toMatchObject({ done: true });
    expect(lines).toEqual(['polling fails and goes on', 'polling works again']);
  });

  test('after two minutes of them the watchers are told', async () => {
    const { upstream, watch, watcher, lines } = setUp();
    const error = failure('UPSTREAM_UNAVAILABLE');
    upstream.answer(() => Promise.reject(error));
    const ended = watch('1');
    await vi.advanceTimersByTimeAsync(119_000);
    expect(watcher.stats().watchers).toBe(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await ended).toBe(error);
    expect(lines.at(-1)).toBe('polling has failed for too long');
  });

  test('an answer in between starts the two minutes anew', async () => {
    const { upstream, watcher } = setUp();
    upstream.list(job('1', 'STARTED'));
    const iterator = watcher.watch([ref('1')], caller, open());
    await iterator.next();
    for (let round = 0; round < 3; round += 1) {
      upstream.answer(() => Promise.reject(failure('UPSTREAM_TIMEOUT')));
      await vi.advanceTimersByTimeAsync(100_000);
      upstream.answer();
      await vi.advanceTimersByTimeAsync(20_000);
    }
    expect(watcher.stats().watchers).toBe(1);
    await iterator.return?.();
  });
});

describe('JOB_NOT_FOUND', () => {
  test('for a job that three lists in a row do not hold', async () => {
    const { upstream, watch } = setUp();
    upstream.list(job('1', 'STARTED'));
    const ended = watch('2');
    await vi.advanceTimersByTimeAsync(5000);
    expect(await ended).toMatchObject({ name: 'WatchError', code: 'JOB_NOT_FOUND' });
    expect(upstream.polls).toHaveLength(3);
  });

  test('for a job that disappears, and not for one that comes back', async () => {
    const { upstream, watcher } = setUp();
    const both = [job('1', 'STARTED'), job('2', 'STARTED')];
    upstream.list(...both);
    const iterator = watcher.watch([ref('1'), ref('2')], caller, open());
    await iterator.next();
    await iterator.next();
    const absent = [0, 0, 1, 0, 0];
    for (const present of absent) {
      upstream.list(...both.slice(0, 1 + present));
      const polled = upstream.nextPoll();
      await vi.advanceTimersToNextTimerAsync();
      await polled;
    }
    expect(watcher.stats().watchers).toBe(1);
    const next = iterator.next();
    next.catch(() => {});
    await vi.advanceTimersToNextTimerAsync();
    await expect(next).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    expect(watcher.stats().loops).toBe(0);
  });

  test('a job that is terminal is not looked for any more', async () => {
    const { upstream, watcher } = setUp();
    upstream.list(job('1', 'FINISHED'), job('2', 'STARTED'));
    const iterator = watcher.watch([ref('1'), ref('2')], caller, open());
    await iterator.next();
    await iterator.next();
    upstream.list(job('2', 'STARTED'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(watcher.stats().watchers).toBe(1);
    await iterator.return?.();
  });
});

describe('429', () => {
  test.each([
    { retryAfter: 30, pauseMs: 30_000 },
    { retryAfter: undefined, pauseMs: 15_000 },
    { retryAfter: 86_400, pauseMs: 120_000 },
  ])(
    'Retry-After $retryAfter: no loop of the credential polls for $pauseMs ms',
    async ({ retryAfter, pauseMs }) => {
      const { upstream, watcher } = setUp();
      upstream.answer(async ({ couponSeriesId }) => [job('1', 'STARTED', { couponSeriesId })]);
      const iterators = ['1', '2', '3'].map((series) => watcher.watch([ref('1', series)], caller, open()));
      await vi.advanceTimersByTimeAsync(0);
      expect(upstream.polls).toHaveLength(3);
      upstream.answer(() => Promise.reject(failure('RATE_LIMITED', retryAfter)));
      await vi.advanceTimersToNextTimerAsync();
      expect(upstream.polls).toHaveLength(4);
      upstream.answer();
      await vi.advanceTimersByTimeAsync(pauseMs - 10);
      expect(upstream.polls).toHaveLength(4);
      await vi.advanceTimersByTimeAsync(20);
      expect(upstream.polls.length).toBeGreaterThan(4);
      for (const iterator of iterators) await iterator.return?.();
    },
  );

  test('does not touch another credential', async () => {
    const { upstream, watcher } = setUp();
    upstream.answer(async ({ credentialId }) => {
      if (credentialId === 'a') throw failure('RATE_LIMITED', 60);
      return [job('1', 'STARTED')];
    });
    const [limited, free] = [caller, credential('b')].map((who) => watcher.watch([ref('1')], who, open()));
    expect(await free?.next()).toMatchObject({ value: { jobId: '1' } });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(upstream.polls.filter((poll) => poll.credentialId === 'a')).toHaveLength(1);
    expect(upstream.polls.filter((poll) => poll.credentialId === 'b').length).toBeGreaterThan(4);
    await limited?.return?.();
    await free?.return?.();
  });

  test('slows the loops down beyond its pause', async () => {
    const { upstream, watcher } = setUp({ pollMaxIntervalMs: 1000 });
    upstream.list(job('1', 'STARTED'));
    const iterator = watcher.watch([ref('1')], caller, open());
    await iterator.next();
    upstream.answer(() => Promise.reject(failure('RATE_LIMITED', 1)));
    const refused = upstream.nextPoll();
    await vi.advanceTimersToNextTimerAsync();
    await refused;
    upstream.answer();
    upstream.polls.length = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    const gaps = upstream.polls.slice(1).map((poll, i) => poll.atMs - (upstream.polls[i]?.atMs ?? 0));
    expect(gaps[0]).toBeGreaterThan(1500);
    expect(gaps.at(-1)).toBeLessThan(1100);
    await iterator.return?.();
  });

  test('that goes on for longer than the grace ends the watchers of all series', async () => {
    const { upstream, watcher } = setUp();
    upstream.answer(() => Promise.reject(failure('RATE_LIMITED', 50)));
    const ends = ['1', '2', '3'].map((series) =>
      collect(watcher.watch([ref('1', series)], caller, open()), []),
    );
    await vi.advanceTimersByTimeAsync(200_000);
    for (const end of ends) expect(await end).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 50 });
    expect(upstream.polls.length).toBeLessThan(10);
  });
});
