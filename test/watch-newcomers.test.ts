import { expect, test, vi } from 'vitest';
import type { UpstreamJob } from '../src/capillary/upstream-job.ts';
import { createWatcher } from '../src/watch/create-watcher.ts';
import type { PollExchange, PollReport, PollSeatEvents } from '../src/watch/poll-exchange.ts';
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

useFakeClock();

/** Every turn is this replica's, and its result is shared when the test says so. */
function exchangeInHand() {
  const sharing: ((isNewest: boolean) => void)[] = [];
  let events: PollSeatEvents | undefined;
  const exchange: PollExchange = {
    join(_, told) {
      events = told;
      return {
        catchUp: async () => undefined,
        begin: async () => ({ type: 'poll', finish: () => new Promise((resolve) => sharing.push(resolve)) }),
        leave() {},
      };
    },
    state: () => 'up',
  };
  return {
    exchange,
    share: () => sharing.shift()?.(true),
    hear: (report: PollReport) => events?.onReport(report),
  };
}

function setUp() {
  const { exchange, share, hear } = exchangeInHand();
  const upstream = createUpstream();
  const watcher = createWatcher({ listJobs: upstream.listJobs, isTerminal, exchange });
  const watch = (jobId: string) => {
    const seen: UpstreamJob[] = [];
    void collect(watcher.watch([ref(jobId)], credential('a'), new AbortController().signal), seen);
    return seen;
  };
  return { upstream, watcher, watch, share, hear };
}

test('A result that is heard before it is known whether an older one is kept saves the first poll', async () => {
  const { upstream, watcher, watch, hear } = setUp();
  const seen = watch('1');
  hear({ outcome: { jobs: [job('1', 'STARTED')] }, nextInMs: 10_000, pauseMs: 0 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(seen).toMatchObject([{ uploadStatus: 'STARTED' }]);
  expect(upstream.polls).toEqual([]);
  watcher.close();
});

test('Who comes while a result is being shared, for a job that is not in it, is polled for soon', async () => {
  const { upstream, watcher, watch, share } = setUp();
  upstream.list(job('1', 'STARTED'));
  watch('1');
  // Until the polls are as far apart as they get.
  while (upstream.polls.length < 12) {
    await vi.advanceTimersByTimeAsync(1_000);
    if (upstream.polls.length < 12) share();
  }
  upstream.list(job('1', 'STARTED'), job('2', 'STARTED'));
  const seen = watch('2');
  share();
  await vi.advanceTimersByTimeAsync(1_500);
  share();
  await vi.advanceTimersByTimeAsync(0);
  expect(seen).toMatchObject([{ jobId: '2', uploadStatus: 'STARTED' }]);
  watcher.close();
});

test('Nobody polls sooner for a newcomer when what another replica heard was a failure', async () => {
  const { upstream, watcher, watch, share, hear } = setUp();
  upstream.list(job('1', 'STARTED'));
  watch('1');
  await vi.advanceTimersByTimeAsync(0);
  share();
  await vi.advanceTimersByTimeAsync(0);
  watch('2');
  hear({ outcome: { error: failure('UPSTREAM_UNAVAILABLE') }, nextInMs: 10_000, pauseMs: 0 });
  await vi.advanceTimersByTimeAsync(7_000);
  expect(upstream.polls).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(upstream.polls).toHaveLength(2);
  watcher.close();
});
