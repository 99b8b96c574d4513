import { describe, expect, test } from 'vitest';
import type { JobState } from '../src/graphiql/jobs/job-state.ts';
import { jobWords } from '../src/graphiql/jobs/job-words.ts';
import { watchJobs } from '../src/graphiql/jobs/watch-jobs.ts';
import type { GraphQLResult } from '../src/graphiql/request/graphql-result.ts';
import type { SubscriptionSink } from '../src/graphiql/request/subscribe.ts';
import { browserStorage } from '../src/graphiql/state/browser-storage.ts';
import { createStore, type Store } from '../src/graphiql/state/create-store.ts';
import type { ExplorerState } from '../src/graphiql/state/explorer-state.ts';
import { jobActions } from '../src/graphiql/state/job-actions.ts';
import { keptJobs } from '../src/graphiql/state/kept-jobs.ts';
import { type KeptValues, keptValues } from '../src/graphiql/state/kept-values.ts';
import { eventually } from './support/eventually.ts';

const job: JobState = {
  id: 'COUPON_BATCH:1:1',
  kind: 'COUPON_BATCH',
  status: 'FINISHED',
  upstreamStatus: 'FINISHED',
  outcome: 'SUCCEEDED',
  isTerminal: true,
  uploadedFileName: 'coupons.csv',
  totalUploadedCount: 5,
  acceptedCount: 5,
  errorCount: 0,
  errorFileUrl: null,
};

describe('A job in words', () => {
  test.each([
    {
      change: { outcome: 'FAILED', upstreamStatus: 'ERRORED' },
      tone: 'bad',
      words: 'failed at Capillary (ERRORED)',
    },
    {
      change: { outcome: 'REJECTED', errorCount: 5, acceptedCount: 0 },
      tone: 'bad',
      words: 'All 5 rows rejected',
    },
    { change: { outcome: 'REJECTED', totalUploadedCount: 1 }, tone: 'bad', words: 'The row was rejected' },
    {
      change: { outcome: 'PARTIALLY_REJECTED', acceptedCount: 3, errorCount: 2 },
      tone: 'mixed',
      words: '3 of 5 rows accepted, 2 rejected',
    },
    { change: { totalUploadedCount: 0 }, tone: 'good', words: 'counted no rows' },
    { change: {}, tone: 'good', words: 'All 5 rows accepted' },
    { change: { outcome: 'PENDING', isTerminal: false }, tone: 'pending', words: 'In progress' },
  ] as const)('$words', ({ change, tone, words }) => {
    expect(jobWords({ ...job, ...change })).toMatchObject({ tone, outcome: expect.stringContaining(words) });
  });

  test('goes on with each status of its kind, and ends full', () => {
    const at = (kind: JobState['kind'], status: string) =>
      jobWords({ ...job, kind, status, outcome: 'PENDING', isTerminal: false }).percent ?? -1;
    const batch = ['STARTED', 'VALIDATED', 'COMMITTED'].map((status) => at('COUPON_BATCH', status));
    expect(batch).toEqual([...batch].sort((a, b) => a - b));
    expect(new Set(batch).size).toBe(3);
    expect(Math.max(...batch, at('REDEEMED_COUPONS', 'QUEUED'))).toBeLessThan(100);
    expect(jobWords(job).percent).toBe(100);
  });

  test('shows a status that nobody knows as upstream wrote it, without a share of the way', () => {
    const state = {
      ...job,
      status: 'UNKNOWN',
      upstreamStatus: 'ODD',
      outcome: 'PENDING',
      isTerminal: false,
    } as const;
    expect(jobWords(state)).toMatchObject({ step: 'Capillary says ODD', percent: undefined });
  });
});

describe('Jobs out of the browser’s storage', () => {
  test.each([
    { name: 'nothing', text: null, ids: [] },
    { name: 'a text that is no JSON', text: '[', ids: [] },
    { name: 'JSON that is no list', text: '{"0":"COUPON_BATCH:1:1"}', ids: [] },
    {
      name: 'a list with other things in it',
      text: '["COUPON_BATCH:1:1", 7, "token", "COUPON_BATCH:1:1:1"]',
      ids: ['COUPON_BATCH:1:1'],
    },
  ])('$name', ({ text, ids }) => {
    expect(keptJobs(text).map(({ id }) => id)).toEqual(ids);
  });
});

describe('Two pages of one browser', () => {
  const ids = ['COUPON_BATCH:1:1', 'COUPON_BATCH:1:2', 'COUPON_BATCH:1:3'] as const;

  function openPage(kept: KeptValues) {
    const store = createStore({ jobs: keptJobs(kept.read('jobs')) }) as unknown as Store<ExplorerState>;
    return jobActions(store, kept, { subscribe: () => () => {}, ask: async () => ({}) });
  }

  test('keep the jobs of both, and forget what either forgot', () => {
    const kept = keptValues(
      browserStorage(() => {
        throw new Error('forbidden: it lasts as long as this test');
      }),
    );
    const one = openPage(kept);
    const other = openPage(kept);
    one.addJobs([ids[0]]);
    other.addJobs([ids[1], ids[2]]);
    one.removeJob(ids[0]);
    expect(keptJobs(kept.read('jobs')).map(({ id }) => id)).toEqual([ids[1], ids[2]]);
    one.addJobs([ids[0]]);
    expect(keptJobs(kept.read('jobs')).map(({ id }) => id)).toEqual(ids);
  });
});

describe('Watching jobs', () => {
  function setUp(ids: readonly string[]) {
    const subscriptions: { ids: unknown; sink: SubscriptionSink; isStopped: boolean }[] = [];
    const states: string[] = [];
    const interruptions: string[] = [];
    const faults: string[] = [];
    const asked: unknown[] = [];
    let answer: GraphQLResult = {};
    let onSubscribe = () => {};
    const stop = watchJobs(ids, {
      async ask({ variables }) {
        asked.push(variables);
        return answer;
      },
      subscribe(params, sink) {
        const subscription = { ids: params.variables?.['ids'], sink, isStopped: false };
        subscriptions.push(subscription);
        onSubscribe();
        return () => {
          subscription.isStopped = true;
        };
      },
      onState: ({ id, status }) => void states.push(`${id} ${status}`),
      onInterruption: (open, { message }) => void interruptions.push(`${open.join(' ')}: ${message}`),
      onFault: (failed, { message }) => void faults.push(`${failed.join(' ')}: ${message}`),
      againAfterMs: 1,
    });
    const tell = (at: number, state: Partial<JobState>) =>
      subscriptions[at]?.sink.next({ data: { uploadJobUpdated: { ...job, ...state } } });
    const fail = (at: number, code: string) => {
      subscriptions[at]?.sink.next({ data: null, errors: [{ message: code, extensions: { code } }] });
      subscriptions[at]?.sink.end();
    };
    const nextSubscription = () =>
      new Promise<void>((resolve) => {
        onSubscribe = resolve;
      });
    const answerWith = (result: GraphQLResult) => {
      answer = result;
    };
    return {
      ...{ subscriptions, asked, states, interruptions, faults },
      ...{ stop, tell, fail, answerWith, nextSubscription },
    };
  }

  test('of none opens no connection', () => {
    expect(setUp([]).subscriptions).toEqual([]);
  });

  test('that is refused tells it for all that are not over, and tries no more', () => {
    const { subscriptions, tell, fail, faults } = setUp(['COUPON_BATCH:1:1', 'b', 'c']);
    tell(0, {});
    fail(0, 'UNAUTHENTICATED');
    expect(faults).toEqual(['b c: UNAUTHENTICATED']);
    expect(subscriptions).toHaveLength(1);
  });

  test('finds the jobs that do not exist by one query, and goes on with the others', async () => {
    const { subscriptions, asked, fail, faults, answerWith, nextSubscription } = setUp(['a', 'b', 'c', 'd']);
    const errors = [{ message: 'later', path: ['job3'] }];
    answerWith({ data: { job0: null, job1: { id: 'b' }, job2: null, job3: null }, errors });
    const again = nextSubscription();
    fail(0, 'JOB_NOT_FOUND');
    await again;
    expect(asked).toEqual([{ id0: 'a', id1: 'b', id2: 'c', id3: 'd' }]);
    expect(faults).toEqual(['a c: JOB_NOT_FOUND']);
    expect(subscriptions.slice(1).map(({ ids }) => ids)).toEqual([['b', 'd']]);
  });

  test('tells why it cannot find the jobs that do not exist', async () => {
    const { fail, faults, answerWith } = setUp(['a', 'b']);
    answerWith({ data: null, errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }] });
    fail(0, 'JOB_NOT_FOUND');
    await eventually(() => expect(faults).toEqual(['a b: no']));
  });

  test('starts anew with what is not over when it ends too early, as when the gateway restarts', async () => {
    const { subscriptions, tell, nextSubscription, states, stop } = setUp(['COUPON_BATCH:1:1', 'b']);
    tell(0, {});
    const again = nextSubscription();
    subscriptions[0]?.sink.end();
    await again;
    expect(subscriptions[1]?.ids).toEqual(['b']);
    expect(states).toEqual(['COUPON_BATCH:1:1 FINISHED']);
    stop();
    expect(subscriptions[1]?.isStopped).toBe(true);
  });

  test('starts anew where the gateway says that it is going away', async () => {
    const { subscriptions, fail, faults, nextSubscription, stop } = setUp(['a']);
    const again = nextSubscription();
    fail(0, 'SHUTTING_DOWN');
    await again;
    expect(subscriptions[1]?.ids).toEqual(['a']);
    expect(faults).toEqual([]);
    stop();
  });

  test('says of each attempt that nothing answers, and goes on until something does', async () => {
    const { subscriptions, tell, fail, interruptions, faults, nextSubscription, stop } = setUp(['a', 'b']);
    for (const at of [0, 1]) {
      const again = nextSubscription();
      fail(at, 'UNREACHABLE');
      await again;
    }
    tell(2, { id: 'a', isTerminal: false });
    expect(subscriptions.map(({ ids }) => ids)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(interruptions).toEqual(['a b: UNREACHABLE', 'a b: UNREACHABLE']);
    expect(faults).toEqual([]);
    stop();
  });

  test('is over when all jobs are', () => {
    const { subscriptions, tell, faults } = setUp(['COUPON_BATCH:1:1']);
    tell(0, { status: 'STARTED', isTerminal: false });
    tell(0, {});
    subscriptions[0]?.sink.end();
    expect({ faults, count: subscriptions.length }).toEqual({ faults: [], count: 1 });
  });

  test('that was given up starts nothing any more', () => {
    const { subscriptions, asked, stop, fail } = setUp(['a', 'b']);
    stop();
    fail(0, 'JOB_NOT_FOUND');
    expect(subscriptions).toMatchObject([{ isStopped: true }]);
    expect(asked).toEqual([]);
  });
});
