import { once } from 'node:events';
import { connect } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../src/sandbox/create-sandbox.ts';
import { eventually } from './support/eventually.ts';
import { type GatewayProcess, startProcess } from './support/gateway-process.ts';
import { upload } from './support/graphql-client.ts';
import { sha256Of } from './support/sha256-of.ts';
import {
  addJob,
  nextJob,
  type Operation,
  outcome,
  pollsOf,
  readMetric,
  type Transport,
  transports,
  watchJobs,
} from './support/subscription-clients.ts';
import { startRedisProxy } from './support/watch-redis-proxy.ts';
import { hasRedisServer, type RedisServer, startRedisServer } from './support/watch-redis-server.ts';

// These tests run what `npm run build` made.

const intervalMs = 100;
/** The default: no setting changes it. */
const leaseMs = 5_000;
/** What two intervals and the lease come to, and as much again for a machine that does other work. */
const takeoverMs = 2 * (leaseMs + 2 * intervalMs);
const token = 'token-of-the-first-caller-7c1e';
const [sse, webSocket] = transports as readonly [Transport, Transport];

interface Cluster extends AsyncDisposable {
  readonly redis: RedisServer;
  readonly sandbox: Sandbox;
  readonly replicas: readonly [GatewayProcess, GatewayProcess];
  /** A job that stands still unless it is moved. */
  readonly job: { readonly id: string; readonly number: number };
}

/** Two gateways, one Redis, one upstream. */
async function startCluster(
  redisUrls: readonly (string | undefined)[] = [],
  redis?: RedisServer,
): Promise<Cluster> {
  const store = redis ?? (await startRedisServer());
  const sandbox = await createSandbox({
    tokens: { [token]: { orgId: 100458 }, 'other-org': { orgId: 9 }, 'same-org': { orgId: 100458 } },
  });
  sandbox.jobs.hold();
  const start = (redisUrl = store.url) =>
    startProcess({
      COUPON_API_URL: sandbox.url,
      REDIS_URL: redisUrl,
      POLL_MIN_INTERVAL_MS: String(intervalMs),
      POLL_MAX_INTERVAL_MS: String(intervalMs),
      POLL_BUDGET_PER_MINUTE: '1000000',
    });
  const replicas = await Promise.all([start(redisUrls[0]), start(redisUrls[1])]);
  return {
    ...{ redis: store, sandbox, replicas, job: await addJob(sandbox, { token }) },
    async [Symbol.asyncDispose]() {
      await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()));
      await sandbox.close();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** One watcher and all that it has seen. */
interface Follower extends AsyncDisposable {
  readonly operation: Operation;
  readonly seen: string[];
  /** Resolves when this is the latest state that it has seen. */
  sees(state: string, timeoutMs?: number): Promise<void>;
  /** Resolves with the end, rejects when the connection breaks. */
  readonly ended: Promise<void>;
}

function follow({ url }: GatewayProcess, { id }: { readonly id: string }, transport = sse): Follower {
  const operation = transport.start(url, { query: watchJobs, variables: { ids: [id] } }, { token });
  const seen: string[] = [];
  const ended = (async () => {
    for await (const { data } of operation) seen.push(data.uploadJobUpdated.upstreamStatus);
  })();
  ended.catch(() => {});
  return {
    ...{ operation, seen, ended },
    sees: (state, timeoutMs) => eventually(() => expect(seen.at(-1)).toBe(state), timeoutMs),
    [Symbol.asyncDispose]: () => operation[Symbol.asyncDispose](),
  };
}

const polls = ({ url }: GatewayProcess) => readMetric(url, 'gateway_polls_total');

/** How many polls each replica makes while upstream sees so many. */
async function shares({ sandbox, replicas }: Cluster, count = 10): Promise<number[]> {
  const before = await Promise.all(replicas.map(polls));
  for (let seen = 0; seen < count; seen += 1) await sandbox.nextRequest('getUploadStatus');
  const after = await Promise.all(replicas.map(polls));
  return after.map((each, index) => each - (before[index] ?? 0));
}

/** Which of the two polls, and which listens. */
async function roles(cluster: Cluster) {
  const [first] = await shares(cluster, 5);
  const [a, b] = cluster.replicas;
  return first ? { poller: a, listener: b } : { poller: b, listener: a };
}

const logged = ({ stdout }: GatewayProcess, text: string) => stdout.some((line) => line.includes(text));
const away = 'Redis is away: this replica polls alone';
const back = 'Redis is back: replicas share their polls again';

/** No state that is older than one before it, and none twice. */
function expectRising({ seen }: Follower): void {
  const steps = seen.map((state) =>
    ['STARTED', 'STEP_1', 'STEP_2', 'STEP_3', 'STEP_4', 'FINISHED'].indexOf(state),
  );
  expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
}

describe.skipIf(!hasRedisServer())('two gateways and a Redis', () => {
  test('share their polls: one polls, the watchers of both see each change and the end', async () => {
    await using cluster = await startCluster();
    const { sandbox, job, replicas } = cluster;
    const followers = replicas.flatMap((replica) =>
      transports.map((transport) => follow(replica, job, transport)),
    );
    await Promise.all(followers.map((follower) => follower.sees('STARTED')));
    // A machine that stands still longer than the lease moves the seat once.
    await eventually(async () => expect(Math.min(...(await shares(cluster, 15)))).toBe(0), 15_000);
    for (const state of ['STEP_1', 'STEP_2', 'STEP_3']) {
      sandbox.jobs.setStatus(job.number, state);
      await Promise.all(followers.map((follower) => follower.sees(state)));
    }
    sandbox.jobs.setStatus(job.number, 'FINISHED');
    await Promise.all(followers.map(({ ended }) => ended));
    for (const follower of followers) {
      expect(follower.seen).toEqual(['STARTED', 'STEP_1', 'STEP_2', 'STEP_3', 'FINISHED']);
    }
  });

  // Side by side: each waits for a lease to end.
  test.concurrent('one that is killed in the middle of a poll is followed within its lease', async () => {
    await using cluster = await startCluster();
    const { sandbox, job, replicas } = cluster;
    const [a, b] = replicas.map((replica) => follow(replica, job)) as [Follower, Follower];
    await Promise.all([a.sees('STARTED'), b.sees('STARTED')]);
    const { poller } = await roles(cluster);
    sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'hang', at: 'after' } });
    await sandbox.started('getUploadStatus');
    poller.kill('SIGKILL');
    const killedAtMs = performance.now();
    await poller.ended;
    sandbox.faults.clear();
    sandbox.jobs.setStatus(job.number, 'STEP_1');
    const survivor = poller === replicas[0] ? b : a;
    await survivor.sees('STEP_1', takeoverMs);
    expect(performance.now() - killedAtMs).toBeLessThan(takeoverMs);
    sandbox.jobs.setStatus(job.number, 'FINISHED');
    await survivor.ended;
    expectRising(survivor);
  });

  test.concurrent('one that stops for longer than its lease shows nothing old when it goes on', async () => {
    await using cluster = await startCluster();
    const { sandbox, job, replicas } = cluster;
    const followers = replicas.map((replica) => follow(replica, job)) as [Follower, Follower];
    await Promise.all(followers.map((follower) => follower.sees('STARTED')));
    const { poller, listener } = await roles(cluster);
    const ofListener = listener === replicas[0] ? followers[0] : followers[1];
    // Upstream answers it with the old state, which it will read only when it goes on.
    sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'latency', ms: 50 }, times: 1 });
    sandbox.jobs.setStatus(job.number, 'STEP_1');
    const poll = await sandbox.started('getUploadStatus');
    poller.kill('SIGSTOP');
    const stoppedAtMs = performance.now();
    expect((await poll.done).status).toBe(200);
    sandbox.jobs.setStatus(job.number, 'STEP_2');
    await ofListener.sees('STEP_2', takeoverMs);
    expect(performance.now() - stoppedAtMs).toBeLessThan(takeoverMs);
    sandbox.jobs.setStatus(job.number, 'STEP_3');
    await ofListener.sees('STEP_3');
    poller.kill('SIGCONT');
    await Promise.all(followers.map((follower) => follower.sees('STEP_3')));
    sandbox.jobs.setStatus(job.number, 'STEP_4');
    await Promise.all(followers.map((follower) => follower.sees('STEP_4')));
    sandbox.jobs.setStatus(job.number, 'FINISHED');
    await Promise.all(followers.map(({ ended }) => ended));
    for (const follower of followers) expectRising(follower);
  });

  test.concurrent.each(['cut', 'hang'] as const)(
    'one that is %s off from Redis goes on alone, and comes back',
    async (how) => {
      await using redis = await startRedisServer();
      await using proxy = await startRedisProxy(redis.url);
      await using cluster = await startCluster([proxy.url], redis);
      const { sandbox, job, replicas } = cluster;
      const followers = replicas.map((replica) => follow(replica, job));
      await Promise.all(followers.map((follower) => follower.sees('STARTED')));
      proxy[how]();
      const cutAtMs = performance.now();
      sandbox.jobs.setStatus(job.number, 'STEP_1');
      await Promise.all(followers.map((follower) => follower.sees('STEP_1', takeoverMs)));
      expect(performance.now() - cutAtMs).toBeLessThan(takeoverMs);
      await eventually(() => expect(logged(replicas[0], away)).toBe(true));
      expect(logged(replicas[1], away)).toBe(false);
      sandbox.jobs.setStatus(job.number, 'STEP_2');
      await Promise.all(followers.map((follower) => follower.sees('STEP_2', takeoverMs)));
      proxy.heal();
      await eventually(() => expect(logged(replicas[0], back)).toBe(true));
      await eventually(async () => expect(Math.min(...(await shares(cluster)))).toBe(0));
      sandbox.jobs.setStatus(job.number, 'FINISHED');
      await Promise.all(followers.map(({ ended }) => ended));
      for (const follower of followers) expectRising(follower);
    },
  );

  test('one that is told to end completes its watchers, and hands its turn over at once', async () => {
    await using cluster = await startCluster();
    const { sandbox, job, replicas } = cluster;
    const watchers = replicas.map((replica) =>
      transports.map((transport) => follow(replica, job, transport)),
    );
    await Promise.all(watchers.flat().map((follower) => follower.sees('STARTED')));
    const { poller } = await roles(cluster);
    const index = replicas.indexOf(poller);
    poller.kill('SIGTERM');
    const endedAtMs = performance.now();
    await Promise.all((watchers[index] ?? []).map(({ ended }) => ended));
    expect(await poller.ended).toMatchObject({ code: 0, stderr: '' });
    sandbox.jobs.setStatus(job.number, 'STEP_1');
    await Promise.all((watchers[1 - index] ?? []).map((follower) => follower.sees('STEP_1')));
    expect(performance.now() - endedAtMs).toBeLessThan(leaseMs / 2);
    for (const follower of watchers.flat()) expectRising(follower);
  });

  test('a Redis that restarts, empty, loses no change', async () => {
    await using cluster = await startCluster();
    const { redis, sandbox, job, replicas } = cluster;
    const followers = replicas.map((replica) => follow(replica, job));
    await Promise.all(followers.map((follower) => follower.sees('STARTED')));
    await redis.kill();
    sandbox.jobs.setStatus(job.number, 'STEP_1');
    await Promise.all(followers.map((follower) => follower.sees('STEP_1')));
    await redis.start();
    sandbox.jobs.setStatus(job.number, 'STEP_2');
    await Promise.all(followers.map((follower) => follower.sees('STEP_2')));
    await eventually(() => expect(replicas.map((replica) => logged(replica, back))).toEqual([true, true]));
    await eventually(async () => expect(Math.min(...(await shares(cluster)))).toBe(0));
    sandbox.jobs.setStatus(job.number, 'STEP_3');
    await Promise.all(followers.map((follower) => follower.sees('STEP_3')));
    sandbox.jobs.setStatus(job.number, 'FINISHED');
    await Promise.all(followers.map(({ ended }) => ended));
    for (const follower of followers) expectRising(follower);
  });

  test('without Redis each goes on alone, and says so in its log and its metrics', async () => {
    await using cluster = await startCluster();
    const { redis, sandbox, job, replicas } = cluster;
    const followers = replicas.map((replica) => follow(replica, job));
    await Promise.all(followers.map((follower) => follower.sees('STARTED')));
    const redisUp = () => Promise.all(replicas.map(({ url }) => readMetric(url, 'gateway_redis_up')));
    expect(await redisUp()).toEqual([1, 1]);
    await redis.kill();
    await eventually(() => expect(replicas.map((replica) => logged(replica, away))).toEqual([true, true]));
    await eventually(async () => expect(Math.min(...(await shares(cluster, 20)))).toBeGreaterThan(5));
    expect(await redisUp()).toEqual([0, 0]);
    sandbox.jobs.setStatus(job.number, 'STEP_1');
    await Promise.all(followers.map((follower) => follower.sees('STEP_1')));
    const late = replicas.map((replica) => follow(replica, job, webSocket));
    await Promise.all(late.map((follower) => follower.sees('STEP_1')));
    sandbox.jobs.setStatus(job.number, 'FINISHED');
    await Promise.all([...followers, ...late].map(({ ended }) => ended));
    for (const follower of followers) expect(follower.seen).toEqual(['STARTED', 'STEP_1', 'FINISHED']);
    // Once each, not for each poll.
    for (const { stdout } of replicas) expect(stdout.filter((line) => line.includes(away))).toHaveLength(1);
  });

  test('a caller with another token gets nothing that the other replica has polled', async () => {
    await using cluster = await startCluster();
    const { sandbox, job, replicas } = cluster;
    await using first = follow(replicas[0], job);
    await first.sees('STARTED');
    const request = { query: watchJobs, variables: { ids: [job.id] } };
    for (const transport of transports) {
      const refused = { wrong: 'UNAUTHENTICATED', 'other-org': 'JOB_NOT_FOUND' };
      for (const [other, code] of Object.entries(refused)) {
        const { data, errors } = await outcome(transport.start(replicas[1].url, request, { token: other }));
        expect(data.filter((one) => one !== null)).toEqual([]);
        expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual([code]);
      }
      // One of the same organisation sees the job, by a poll of its own.
      await using own = transport.start(replicas[1].url, request, { token: 'same-org' });
      expect(await nextJob(own)).toMatchObject({ upstreamStatus: 'STARTED' });
    }
    expect(new Set(pollsOf(sandbox).map((poll) => poll.token))).toEqual(
      new Set([token, 'wrong', 'other-org', 'same-org']),
    );
    sandbox.jobs.setStatus(job.number, 'FINISHED');
    await first.ended;
    expect(first.seen).toEqual(['STARTED', 'FINISHED']);
  });

  test('nothing in Redis, and nothing that is said to it, tells a token or what upstream answered', async () => {
    await using cluster = await startCluster();
    const { redis, sandbox, job, replicas } = cluster;
    const client = new Redis(redis.url);
    // Not by ioredis, which breaks where a replica connects just before its monitor knows that it is one.
    const monitor = connect(Number(new URL(redis.url).port), '127.0.0.1').setEncoding('utf8');
    let said = '';
    monitor.on('data', (text) => {
      said += text;
    });
    monitor.write('MONITOR\r\n');
    await once(monitor, 'data');
    const followers = replicas.map((replica) => follow(replica, job));
    await Promise.all(followers.map((follower) => follower.sees('STARTED')));
    const headers = { 'x-cap-api-oauth-token': token };
    const options = { idempotencyKey: 'a-key-for-redis' };
    const input = { couponSeriesId: '541854', customerIdentifier: 'NOT_TAGGED', options };
    const uploaded = await upload(replicas[0].url, { input, headers, fileName: 'name-of-the-file.csv' });
    expect(uploaded.data?.uploadCouponBatch.__typename).toBe('UploadAccepted');
    sandbox.jobs.setStatus(job.number, 'STEP_1');
    await Promise.all(followers.map((follower) => follower.sees('STEP_1')));

    const stored: string[] = [];
    for (const key of await client.keys('*')) {
      const value = await client.dumpBuffer(key);
      stored.push(key, value?.toString('latin1') ?? '');
      if ((await client.type(key)) === 'hash')
        stored.push(...Object.entries(await client.hgetall(key)).flat());
    }
    monitor.destroy();
    client.disconnect();
    // It did look where things are.
    expect(stored.length).toBeGreaterThan(3);
    expect(said).toMatch(/publish/i);
    const all = [...stored, said].join('\n');
    const secrets = [
      token,
      sha256Of(token),
      sha256Of(`caller\0${token}`),
      'STARTED',
      'STEP_1',
      'name-of-the-file',
    ];
    for (const secret of secrets) {
      expect(all).not.toContain(secret);
      expect(all).not.toContain(
        Buffer.from(secret)
          .toString('base64')
          .replace(/.{2}=*$/, ''),
      );
    }
    for (const { stdout } of replicas) expect(stdout.join('\n')).not.toContain(token);
  });
});
