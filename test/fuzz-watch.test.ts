import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { UpstreamJob } from '../src/capillary/upstream-job.ts';
import { createWatcher } from '../src/watch/create-watcher.ts';
import type { PollExchange, PollOutcome, PollReport, PollSeatEvents } from '../src/watch/poll-exchange.ts';
import { check } from './support/fuzz.ts';
import { collect, credential, failure, isTerminal, job, ref } from './support/watch-upstream.ts';

/** Each in turn, and again from the first. */
function cycle<T>(values: readonly T[]): () => T {
  let next = 0;
  return () => values[next++ % values.length] as T;
}

const jobIds = ['1', '2', '3'] as const;
const statuses = fc.constantFrom('STARTED', 'VALIDATED', 'STARTED', 'VALIDATED', 'FINISHED');
const jobs = fc
  .array(fc.option(statuses, { freq: 8 }), { minLength: jobIds.length, maxLength: jobIds.length })
  .map((all) => all.flatMap((status, at) => (status === null ? [] : [job(jobIds[at] ?? '', status)])));
const errors = fc.constantFrom('UPSTREAM_TIMEOUT', 'UPSTREAM_UNAVAILABLE', 'RATE_LIMITED', 'UNAUTHENTICATED');
const outcome: fc.Arbitrary<PollOutcome> = fc.oneof(
  { weight: 3, arbitrary: jobs.map((listed) => ({ jobs: listed })) },
  { weight: 1, arbitrary: errors.map((code) => ({ error: failure(code, 1) })) },
);
const pauseMs = fc.constantFrom(0, 0, 50, 700, 4_000);
const report: fc.Arbitrary<PollReport> = fc.record({ outcome, nextInMs: pauseMs, pauseMs });
const answer = fc.record({ outcome, afterMs: pauseMs });
const turn = fc.record({
  type: fc.constantFrom('poll', 'poll', 'wait', 'busy', 'shared', 'heard'),
  afterMs: pauseMs,
  report,
  isNewest: fc.boolean(),
});
const step = fc.oneof(
  fc.record({
    type: fc.constant('watch' as const),
    who: fc.constantFrom('a', 'b'),
    series: fc.constantFrom('1', '2'),
    ids: fc.subarray([...jobIds], { minLength: 1 }),
  }),
  fc.record({ type: fc.constant('leave' as const), at: fc.nat(20), aborts: fc.boolean() }),
  fc.record({ type: fc.constant('pass' as const), ms: fc.constantFrom(0, 1, 100, 1_000, 5_000) }),
  fc.record({ type: fc.constant('hear' as const), at: fc.nat(20), report }),
  fc.record({ type: fc.constant('free' as const), at: fc.nat(20) }),
);

/** Counted in a circle. `undefined` of none. */
const nth = <T>(all: ReadonlySet<T>, at: number): T | undefined => [...all][at % all.size];

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Rejects when the signal aborts, and leaves no timer then. */
function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

test('Watchers that come and go at any moment are served as long as they stay, and nothing is left of them', () =>
  check(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.array(answer, { minLength: 1 }),
      fc.array(turn),
      async (steps, answers, turns) => {
        vi.useFakeTimers();
        try {
          await run(steps, cycle(answers), turns);
        } finally {
          vi.useRealTimers();
        }
      },
    ),
    200,
  ));

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never;
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

async function run(steps: readonly Step[], nextAnswer: () => Answer, turns: readonly Turn[]): Promise<void> {
  let polls = 0;
  const underWay = new Set<string>();
  const twiceAtOnce: string[] = [];
  const seats = new Set<PollSeatEvents>();
  const exchange: PollExchange = {
    join(_, events) {
      seats.add(events);
      // Now and then it is this replica's turn.
      const nextTurn = cycle<Turn | undefined>([...turns, undefined]);
      return {
        catchUp: async () => undefined,
        async begin() {
          const given = nextTurn();
          if (!given) return { type: 'poll', finish: async () => true };
          const { type, afterMs, report, isNewest } = given;
          await wait(afterMs);
          if (type === 'heard' && seats.has(events)) events.onReport(report);
          if (type === 'poll') return { type, finish: () => wait(afterMs).then(() => isNewest) };
          if (type === 'shared') return { type, report };
          return type === 'heard' ? { type } : { type, ms: afterMs };
        },
        leave: () => void seats.delete(events),
      };
    },
    state: () => 'up',
  };
  const watcher = createWatcher({
    isTerminal,
    exchange,
    async listJobs({ couponSeriesId, credential: { id }, signal }) {
      const name = `${id} ${couponSeriesId}`;
      if (underWay.has(name)) twiceAtOnce.push(name);
      underWay.add(name);
      polls += 1;
      try {
        const { outcome, afterMs } = nextAnswer();
        await wait(afterMs, signal);
        if ('error' in outcome) throw outcome.error;
        return outcome.jobs;
      } finally {
        underWay.delete(name);
      }
    },
  });
  const watching = new Set<(aborts: boolean) => void>();

  function watch(refs: readonly ReturnType<typeof ref>[], who: string): void {
    const controller = new AbortController();
    const iterator = watcher.watch(refs, credential(who), controller.signal);
    const leave = (aborts: boolean) => (aborts ? controller.abort() : void iterator.return?.());
    watching.add(leave);
    void collect<UpstreamJob>(iterator, []).then(() => watching.delete(leave));
  }

  for (const taken of steps) {
    if (taken.type === 'watch')
      watch(
        taken.ids.map((id) => ref(id, taken.series)),
        taken.who,
      );
    if (taken.type === 'leave') nth(watching, taken.at)?.(taken.aborts);
    if (taken.type === 'pass') await pass(taken.ms);
    if (taken.type === 'hear') nth(seats, taken.at)?.onReport(taken.report);
    if (taken.type === 'free') nth(seats, taken.at)?.onFree();
  }
  const before = polls;
  for (let seconds = 0; seconds < 900 && watching.size > 0 && polls === before; seconds += 1)
    await pass(1_000);
  expect(watching.size === 0 || polls > before).toBe(true);

  for (const leave of [...watching]) leave(true);
  await pass(0);
  expect([...seats, ...underWay, ...twiceAtOnce]).toEqual([]);
  expect(watcher.stats()).toMatchObject({ watchers: 0, loops: 0 });
  // Turns that were asked for still come in.
  await pass(10_000);
  expect(vi.getTimerCount()).toBe(0);
}
