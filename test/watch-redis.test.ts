import { performance } from 'node:perf_hooks';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { UpstreamJob } from '../src/capillary/upstream-job.ts';
import { createRedisLink } from '../src/redis/redis-link.ts';
import { createWatcher, type WatcherOptions } from '../src/watch/create-watcher.ts';
import { createRedisExchange } from '../src/watch/redis/redis-exchange.ts';
import { beginTurn, finishTurn } from '../src/watch/redis/redis-scripts.ts';
import { startRedisProxy } from './support/watch-redis-proxy.ts';
import { hasRedisServer, type RedisServer, startRedisServer } from './support/watch-redis-server.ts';
import {
  collect,
  createUpstream,
  credential,
  failure,
  isTerminal,
  job,
  type Poll,
  ref,
  type Upstream,
} from './support/watch-upstream.ts';

const caller = credential('c'.repeat(64));
const open = () => new AbortController().signal;
const leaseMs = 150;

describe.skipIf(!hasRedisServer())('replicas with Redis', () => {
  let redis: RedisServer;
  let closers: (() => Promise<unknown>)[];

  beforeEach(async () => {
    redis = await startRedisServer();
    closers = [];
  });
  afterEach(async () => {
    redis.resume();
    for (const close of closers) await close();
    await redis[Symbol.asyncDispose]();
  });

  function startReplica(
    options: Partial<WatcherOptions> & { url?: string; budget?: number; timeoutMs?: number } = {},
  ) {
    const { url = redis.url, budget = 6000, timeoutMs = 500, ...rest } = options;
    const upstream = createUpstream();
    const lines: string[] = [];
    const write = (_: object, line: string) => void lines.push(line);
    const log = { info: write, warn: write };
    const link = createRedisLink({ url, timeoutMs, log });
    const exchange = createRedisExchange({ link, leaseMs, pollBudgetPerMinute: budget });
    const watcher = createWatcher({
      ...{ listJobs: upstream.listJobs, isTerminal, exchange, log },
      ...{ pollMinIntervalMs: 20, pollMaxIntervalMs: 100, pollBudgetPerMinute: budget, ...rest },
    });
    const close = async () => {
      watcher.close();
      await link.close();
    };
    closers.push(close);
    const watch = (jobId = '1', who = caller, series = '1') =>
      watcher.watch([ref(jobId, series)], who, open())[Symbol.asyncIterator]();
    return { upstream, exchange, link, watcher, watch, lines, close };
  }
  type Replica = ReturnType<typeof startReplica>;

  /** Upstream counts the polls of all replicas into the job: a state's age can be told from it. */
  function countInto(replicas: readonly Replica[], until = Number.POSITIVE_INFINITY) {
    const polls: (Poll & { replica: Replica })[] = [];
    for (const replica of replicas)
      replica.upstream.answer(async (poll) => {
        polls.push({ ...poll, replica });
        const { couponSeriesId } = poll;
        const state = polls.length >= until ? 'FINISHED' : 'STARTED';
        return [job('1', state, { couponSeriesId, totalUploadedCount: polls.length })];
      });
    return polls;
  }

  async function connect() {
    const client = new Redis(redis.url);
    client.on('error', () => {});
    closers.push(async () => client.disconnect());
    return client;
  }

  test('one of them polls, all see each change, in order, to the end', async () => {
    const replicas = [startReplica(), startReplica(), startReplica()];
    const polls = countInto(replicas, 25);
    const seen = replicas.map((): UpstreamJob[] => []);
    const errors = await Promise.all(replicas.map((replica, i) => collect(replica.watch(), seen[i] ?? [])));
    expect(errors).toEqual([undefined, undefined, undefined]);
    for (const states of seen) expectRising(states, 25);
    for (const states of seen) expect(states.length).toBeGreaterThan(15);
    const gaps = polls.slice(1).map((poll, i) => poll.atMs - (polls[i]?.atMs ?? 0));
    // The first turn may go to several, one after the other, until all have joined, and a machine that stands still
    // passes it on once more. Three that polled each for itself would be as close most of the time.
    expect(gaps.filter((ms) => ms <= 18).length).toBeLessThanOrEqual(5);
    expect(polls).toHaveLength(25);
  });

  test('a late one has the last state at once, without a poll', async () => {
    const slow = { pollMinIntervalMs: 10_000, pollMaxIntervalMs: 10_000 };
    const [early, late] = [startReplica(slow), startReplica(slow)];
    early.upstream.list(job('1', 'STARTED'), job('2', 'VALIDATED'));
    await early.watch('1').next();
    expect(await late.watch('2').next()).toMatchObject({ value: { jobId: '2', uploadStatus: 'VALIDATED' } });
    expect(late.upstream.polls).toEqual([]);
  });

  test('the others go on when the poller has no watcher left, even in the middle of a poll', async () => {
    const [first, second] = [startReplica(), startReplica()];
    first.upstream.list(job('1', 'STARTED'));
    second.upstream.list(job('1', 'STARTED'));
    const leaving = first.watch();
    await leaving.next();
    const staying = second.watch();
    await staying.next();
    const hung = first.upstream.nextPoll();
    first.upstream.answer(() => new Promise(() => {}));
    second.upstream.list(job('1', 'FINISHED'));
    await Promise.race([hung, second.upstream.nextPoll()]);
    await leaving.return?.();
    expect(await staying.next()).toMatchObject({ value: { uploadStatus: 'FINISHED' } });
  });

  test('a poller that dies in a poll is followed after its lease', async () => {
    const [first, second] = [startReplica(), startReplica()];
    first.upstream.list(job('1', 'STARTED'));
    second.upstream.list(job('1', 'FINISHED'));
    await first.watch().next();
    const dying = first.upstream.nextPoll();
    first.upstream.answer(() => new Promise(() => {}));
    const survivor = second.watch();
    expect(await survivor.next()).toMatchObject({ value: { uploadStatus: 'STARTED' } });
    await dying;
    const died = performance.eventLoopUtilization();
    // Its connections go without giving anything back.
    await first.link.close();
    expect(await survivor.next()).toMatchObject({ value: { uploadStatus: 'FINISHED' } });
    // What was waited for: that it has to wait for a busy machine does not count.
    expect(performance.eventLoopUtilization(died).idle).toBeLessThan(leaseMs + 2 * 100 + 50);
  });

  test('a result is refused when a later turn was given out', async () => {
    const client = await connect();
    const keys = ['seat', 'budget', 'pause'];
    const begin = (lease: number) =>
      beginTurn(client, keys, [0, 0, lease, 6000, 60_000]) as Promise<string[]>;
    const finish = (number = '') => finishTurn(client, ['seat', 'pause'], [number, 'seat', 'body', 1000, 0]);
    const stalled = await begin(1);
    let later = await begin(1000);
    while (later[0] !== 'poll') later = await begin(1000);
    expect(Number(later[1])).toBeGreaterThan(Number(stalled[1]));
    expect(await finish(stalled[1])).toBe(0);
    expect((await begin(1000)).slice(0, 2)).toEqual(['busy', later[1]]);
    expect(await finish(later[1])).toBe(1);
    expect(await finish(stalled[1])).toBe(0);
  });

  test('a token refused at one of them ends its watchers at all, and leaves no state behind', async () => {
    const [first, second] = [startReplica(), startReplica()];
    const both = [first, second];
    for (const { upstream } of both) upstream.list(job('1', 'STARTED'));
    const iterators = both.map((replica) => replica.watch());
    for (const iterator of iterators) await iterator.next();
    for (const { upstream } of both) upstream.answer(() => Promise.reject(failure('UNAUTHENTICATED')));
    for (const iterator of iterators) {
      const error = await iterator.next().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'CapillaryError', code: 'UNAUTHENTICATED', requestId: 'r-1' });
    }
    const late = await first
      .watch()
      .next()
      .catch((reason: unknown) => reason);
    expect(late).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(first.watcher.stats().polls + second.watcher.stats().polls).toBeGreaterThan(0);
  });

  test('a failure at one of them lets the other one try', async () => {
    const [broken, sound] = [startReplica(), startReplica()];
    broken.upstream.list(job('1', 'STARTED'));
    sound.upstream.list(job('1', 'FINISHED'));
    const first = broken.watch();
    await first.next();
    broken.upstream.answer(() => Promise.reject(failure('UPSTREAM_UNAVAILABLE')));
    const second = sound.watch();
    expect(await second.next()).toMatchObject({ value: { uploadStatus: 'STARTED' } });
    expect(await second.next()).toMatchObject({ value: { uploadStatus: 'FINISHED' } });
    expect(await first.next()).toMatchObject({ value: { uploadStatus: 'FINISHED' } });
  });

  test('429 at one of them pauses the credential at all', async () => {
    const slow = { pollMinIntervalMs: 20, pollMaxIntervalMs: 20 };
    const [first, second] = [startReplica(slow), startReplica(slow)];
    first.upstream.answer(() => Promise.reject(failure('RATE_LIMITED', 1)));
    second.upstream.list(job('1', 'STARTED', { couponSeriesId: '2' }));
    first.watch('1', caller, '1');
    const { atMs } = await first.upstream.nextPoll();
    first.upstream.answer();
    // Its report is out once the other replica is told to wait: an empty seat asks for a turn at once.
    const client = await connect();
    while ((await client.keys('*:pause')).length === 0);
    expect(await second.watch('1', caller, '2').next()).toMatchObject({ value: { couponSeriesId: '2' } });
    expect(performance.now() - atMs).toBeGreaterThan(950);
  });

  describe("when Redis' clock was set back by an hour", () => {
    const hourMs = 3_600_000;
    const slow = { pollMinIntervalMs: 20, pollMaxIntervalMs: 20 };

    test('a state from before that is not taken for the current one', async () => {
      const [first, second] = [startReplica(slow), startReplica(slow)];
      first.upstream.list(job('1', 'STARTED'));
      const iterator = first.watch();
      await iterator.next();
      await iterator.return?.();
      const client = await connect();
      const [seat = ''] = await client.keys('*:COUPON_BATCH:1');
      await client.hincrby(seat, 'at', hourMs);
      await client.pexpire(seat, hourMs);
      second.upstream.list(job('1', 'FINISHED'));
      expect(await second.watch().next()).toMatchObject({ value: { uploadStatus: 'FINISHED' } });
    });

    test('a pause from before that is over', async () => {
      const [first, second] = [startReplica(slow), startReplica(slow)];
      first.upstream.answer(() => Promise.reject(failure('RATE_LIMITED', 1)));
      first.watch('1', caller, '1');
      const client = await connect();
      while ((await client.keys('*:pause')).length === 0);
      await first.close();
      const [pause = ''] = await client.keys('*:pause');
      await client.pexpire(pause, hourMs);
      second.upstream.list(job('1', 'FINISHED', { couponSeriesId: '2' }));
      expect(await second.watch('1', caller, '2').next()).toMatchObject({ value: { couponSeriesId: '2' } });
    });
  });

  test('all of them together keep to the budget of a credential', async () => {
    const replicas = [
      startReplica({ budget: 300 }),
      startReplica({ budget: 300 }),
      startReplica({ budget: 300 }),
    ];
    const polls = countInto(replicas);
    const startedMs = performance.now();
    const iterators = replicas.flatMap((replica, at) =>
      Array.from({ length: 60 }, (_, i) => replica.watch('1', caller, String(at * 100 + i))),
    );
    // 150 go at once; the other 150 are spread over what is left of the minute.
    while (polls.length < 154) await anyPoll(replicas);
    expect(performance.now() - startedMs).toBeGreaterThan(1500);
    expect(new Set(polls.map((poll) => poll.replica)).size).toBe(3);
    for (const iterator of iterators) await iterator.return?.();
  });

  describe('isolation', () => {
    const other = credential('d'.repeat(64));

    test('another credential gets nothing of the first, on any replica', async () => {
      const [first, second] = [startReplica(), startReplica()];
      first.upstream.list(job('1', 'STARTED', { orgId: 'org of c' }));
      second.upstream.answer(() => Promise.reject(failure('UNAUTHENTICATED')));
      await first.watch().next();
      const seen: UpstreamJob[] = [];
      expect(await collect(second.watch('1', other), seen)).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(seen).toEqual([]);
    });

    test('neither keys nor values nor messages tell a token, a credential id or a job', async () => {
      const client = await connect();
      const spy = await connect();
      const heard: string[] = [];
      spy.on('pmessage', (_, channel: string, message: string) => heard.push(channel, message));
      await spy.psubscribe('*');
      const replica = startReplica();
      countInto([replica], 3);
      await collect(replica.watch(), []);
      const stored: unknown[] = [];
      for (const key of await client.keys('*'))
        stored.push(
          key,
          await client.type(key),
          await client.hgetall(key).catch(() => client.lrange(key, 0, -1)),
        );
      const everything = JSON.stringify([stored, heard]);
      expect(heard.length).toBeGreaterThan(3);
      for (const secret of [caller.id, 'token', 'coupons.csv', 'STARTED', '100458'])
        expect(everything).not.toContain(secret);
    });

    test('a state copied to the place of another credential or series is not taken', async () => {
      const slow = { pollMinIntervalMs: 10_000, pollMaxIntervalMs: 10_000 };
      const [first, second] = [startReplica(slow), startReplica(slow)];
      first.upstream.list(job('1', 'STARTED', { orgId: 'org of c' }));
      await first.watch().next();
      const client = await connect();
      const [from = ''] = await client.keys('*:COUPON_BATCH:1');
      second.upstream.answer(async ({ credentialId, couponSeriesId }) => [
        job('1', 'STARTED', { couponSeriesId, orgId: `own ${credentialId[0]}` }),
      ]);
      // A first watch of its own shows the place.
      const probe = second.watch('1', other, '1');
      await probe.next();
      await probe.return?.();
      const [to = ''] = (await client.keys('*:COUPON_BATCH:1')).filter((key) => key !== from);
      for (const place of [to, from.replace(/1$/, '2')]) await client.copy(from, place, 'REPLACE');
      expect(await second.watch('1', other, '1').next()).toMatchObject({ value: { orgId: 'own d' } });
      expect(await second.watch('1', caller, '2').next()).toMatchObject({ value: { orgId: 'own c' } });
    });
  });

  describe('while Redis is away', () => {
    type Trouble = { name: string; begin: () => unknown; end: () => unknown };
    const troubles: Trouble[] = [
      { name: 'killed and started again, empty', begin: () => redis.kill(), end: () => redis.start() },
      { name: 'stopped, its connections open', begin: () => redis.pause(), end: () => redis.resume() },
      {
        name: 'full, and takes no writes, though it answers what reads',
        begin: async () => (await connect()).config('SET', 'maxmemory', '1'),
        end: async () => (await connect()).config('SET', 'maxmemory', '0'),
      },
      {
        name: 'a replica that takes no writes, though it answers what reads',
        begin: async () => (await connect()).replicaof('127.0.0.1', '1'),
        end: async () => (await connect()).replicaof('NO', 'ONE'),
      },
    ];

    test.each(troubles)('$name: each goes on alone, and comes back', async ({ begin, end }) => {
      const replicas = [startReplica(), startReplica()];
      const polls = countInto(replicas);
      const seen = replicas.map((): UpstreamJob[] => []);
      const iterators = replicas.map((replica) => replica.watch());
      const take = async (count: number) => {
        const taking = iterators.map(async (iterator, i) => {
          for (let taken = 0; taken < count; taken += 1) seen[i]?.push((await iterator.next()).value);
        });
        await Promise.all(taking);
      };
      await take(5);
      expect(replicas.map((replica) => replica.watcher.stats().exchange)).toEqual(['up', 'up']);

      await begin();
      for (let round = 0; round < 5; round += 1) {
        await take(4);
        for (const { link } of replicas) await link.run((client) => client.get('any')).catch(() => {});
      }
      expect(replicas.map((replica) => replica.watcher.stats().exchange)).toEqual(['down', 'down']);
      expect(new Set(polls.slice(-10).map((poll) => poll.replica)).size).toBe(2);

      await end();
      while (replicas.some((replica) => replica.watcher.stats().exchange === 'down')) await take(1);
      await take(5);
      const from = polls.length;
      await take(20);
      const shared = polls.slice(from);
      expect(shared.length).toBeLessThan(30);
      for (const states of seen) expectRising(states);
      for (const { lines } of replicas)
        expect(lines).toEqual([
          'Redis is away: this replica polls alone',
          'Redis is back: replicas share their polls again',
        ]);
    });

    test.each(['cut', 'hang'] as const)(
      'for one of them (%s): no state is lost or goes back',
      async (how) => {
        const proxy = await startRedisProxy(redis.url);
        closers.push(async () => proxy[Symbol.asyncDispose]());
        const [cutOff, other] = [startReplica({ url: proxy.url }), startReplica()];
        const both = [cutOff, other];
        const polls = countInto(both);
        const seen: UpstreamJob[][] = [[], []];
        const ends = both.map((replica, i) => collect(replica.watch(), seen[i] ?? []));
        await anyPoll(both);
        for (let round = 0; round < 5; round += 1) {
          proxy[how]();
          for (let poll = 0; poll < 5; poll += 1)
            await Promise.all(both.map(({ upstream }) => upstream.nextPoll()));
          proxy.heal();
          while (cutOff.watcher.stats().exchange === 'down') await anyPoll(both);
          const enough = polls.length + 10;
          while (polls.length < enough) await anyPoll(both);
        }
        countInto(both, 1);
        await Promise.all(ends);
        for (const states of seen) expectRising(states.slice(0, -1));
        for (const states of seen) expect(states.length).toBeGreaterThan(30);
      },
    );

    test('connections that are cut are made again', async () => {
      const replicas = [startReplica(), startReplica()];
      countInto(replicas, 100);
      const client = await connect();
      const seen = replicas.map((): UpstreamJob[] => []);
      const ends = replicas.map((replica, i) => collect(replica.watch(), seen[i] ?? []));
      for (let cut = 0; cut < 20; cut += 1) {
        await client.call('CLIENT', 'KILL', 'TYPE', cut % 2 ? 'normal' : 'pubsub', 'SKIPME', 'yes');
        await anyPoll(replicas);
      }
      expect(await Promise.all(ends)).toEqual([undefined, undefined]);
      for (const states of seen) expectRising(states);
      for (const states of seen) expect(states.at(-1)?.uploadStatus).toBe('FINISHED');
    });

    test('from the start: a replica polls at once, and close() does not wait for it', async () => {
      await redis.kill();
      const timeoutMs = 5_000;
      const replica = startReplica({ timeoutMs });
      replica.upstream.list(job('1', 'STARTED'));
      const iterator = replica.watch();
      expect(await iterator.next()).toMatchObject({ value: { jobId: '1' } });
      const before = performance.eventLoopUtilization();
      await replica.close();
      expect(performance.eventLoopUtilization(before).idle).toBeLessThan(100);
      expect(await iterator.next()).toMatchObject({ done: true });
    });

    test('hung: close() comes back within its timeout', async () => {
      const timeoutMs = 500;
      const replica = startReplica({ timeoutMs });
      replica.upstream.list(job('1', 'STARTED'));
      await replica.watch().next();
      redis.pause();
      const paused = performance.eventLoopUtilization();
      await replica.close();
      // The timeout is looked at four times within its length.
      expect(performance.eventLoopUtilization(paused).idle).toBeLessThan(1.25 * timeoutMs + 100);
    });
  });
});

/** The states' counts go up only, to `last` if it is told. */
function expectRising(states: readonly UpstreamJob[], last?: number): void {
  const counts = states.map((state) => state.totalUploadedCount);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  if (last !== undefined) expect(counts.at(-1)).toBe(last);
}

/** Resolves at the next poll of any of them. */
function anyPoll(replicas: readonly { readonly upstream: Upstream }[]): Promise<Poll> {
  return Promise.race(replicas.map(({ upstream }) => upstream.nextPoll()));
}
