/**
 * What watching costs, beside event streams with nothing behind them: `npm run bench:watch`, three minutes. The upstream
 * counts polls, and tells every job's new status when it is told to. The figures for several gateways need a redis-server.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedisServer } from '../test/support/watch-redis-server.ts';
import { median } from './median.ts';
import { startGateway } from './start-gateway.ts';
import { type BenchProcess, startProcess } from './start-process.ts';
import { type WatchClients, watchOverSse } from './watch-clients.ts';
import { startPolledUpstream } from './watch-upstream.ts';

const minuteMs = 60_000;
const print = (text: string) => process.stdout.write(`${text}\n`);
const upstream = await startPolledUpstream();

print(`${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}`);
await compareMemoryAndDelay(5_000);
await measurePolls();
upstream.close();

/** What so many watchers of one job cost a server. */
interface WatchCost {
  /** Of one of them, its socket included. */
  readonly quietKib: number;
  /** Of one of them after ten changes, with the garbage of those that waits to be collected. */
  readonly changedKib: number;
  /** From a poll's answer to the last of them having it; median. */
  readonly delayMs: number;
  /** A request of somebody else meanwhile; median. */
  readonly waitMs: number;
}

async function compareMemoryAndDelay(watchers: number): Promise<void> {
  const bare = await measureCost(
    await startProcess(['--import', 'tsx', 'bench/bare-events.ts', upstream.url]),
    watchers,
  );
  const own = await measureCost(await startGateway({ COUPON_API_URL: upstream.url }), watchers);
  const compare = (what: string, figure: keyof WatchCost, unit: string) =>
    print(
      `${what}: ${own[figure].toFixed(0)} ${unit}, ${(own[figure] / bare[figure]).toFixed(1)} times bare event streams`,
    );
  compare(`memory of one of ${watchers} SSE watchers, its socket included`, 'quietKib', 'KiB');
  compare('the same after 10 changes, with garbage that waits to be collected', 'changedKib', 'KiB');
  compare(`from a poll's answer to the last of ${watchers} watchers`, 'delayMs', 'ms');
  compare('a request of somebody else meanwhile', 'waitMs', 'ms');
}

/** Stops the server in the end. */
async function measureCost(server: BenchProcess, count: number): Promise<WatchCost> {
  const watch = (token: string, watchers: number) =>
    watchOverSse({ url: server.url, token, series: [1], count: watchers });
  // What the first requests bring with them is no watcher's.
  (await watch('warm', 200)).close();
  await sleep(3_000);
  const beforeMiB = server.rssMiB();
  const clients = await watch('memory', count);
  await sleep(10_000);
  const kibEach = () => ((server.rssMiB() - beforeMiB) * 1024) / count;
  const quietKib = kibEach();

  const delays: number[] = [];
  const waits: number[] = [];
  for (let change = 1; change <= 10; change += 1) {
    const told = clients.told(`CHANGE_${change}`);
    const polledAtMs = await upstream.setStatus(`CHANGE_${change}`);
    waits.push(await msToHealth(server.url));
    delays.push((await told) - polledAtMs);
  }
  await sleep(5_000);
  const changedKib = kibEach();
  clients.close();
  await server.stop();
  return { quietKib, changedKib, delayMs: median(delays), waitMs: median(waits) };
}

async function msToHealth(url: string): Promise<number> {
  const askedAtMs = Date.now();
  await (await fetch(new URL('/healthz', url))).text();
  return Date.now() - askedAtMs;
}

/** One minute for all of them, with the default settings, in which all jobs change every ten seconds. */
async function measurePolls(): Promise<void> {
  const gateway = await startGateway({ COUPON_API_URL: upstream.url });
  const crowds = [1, 100, 10_000];
  const clients: WatchClients[] = [];
  const watch = async (url: string, token: string, series: readonly number[], count = 1) =>
    void clients.push(await watchOverSse({ url, token, series, count }));

  const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
  const redis = hasRedis ? await startRedisServer() : undefined;
  const replicas = redis
    ? await Promise.all(
        [1, 2, 3].map(() => startGateway({ COUPON_API_URL: upstream.url, REDIS_URL: redis.url })),
      )
    : [];

  for (const count of crowds) await watch(gateway.url, `crowd-${count}`, [1], count);
  const manySeries = Array.from({ length: 200 }, (_, index) => index + 1);
  await watch(gateway.url, 'many-series', manySeries);
  for (const { url } of replicas) await watch(url, 'replicas', [1]);
  for (const { url } of replicas) await watch(url, 'replicas-many-series', manySeries);

  const startedAtMs = Date.now();
  for (let change = 1; Date.now() < startedAtMs + minuteMs; change += 1) {
    void upstream.setStatus(`MINUTE_${change}`);
    await sleep(Math.min(10_000, startedAtMs + minuteMs - Date.now()));
  }
  const inTheMinute = (token: string) =>
    upstream.pollsOf(token).filter((atMs) => atMs >= startedAtMs && atMs < startedAtMs + minuteMs).length;
  const inAnyMinute = (token: string) => {
    const polls = upstream.pollsOf(token);
    return Math.max(...polls.map((from) => polls.filter((at) => at >= from && at < from + minuteMs).length));
  };
  for (const count of crowds) {
    print(`polls a minute for ${count} watchers of one job: ${inTheMinute(`crowd-${count}`)}`);
  }
  print(`polls a minute for 200 series of one credential: at most ${inAnyMinute('many-series')}, budget 60`);
  if (redis) {
    print(`polls a minute for one job watched at 3 gateways: ${inTheMinute('replicas')} by all together`);
    print(
      `for 200 series at 3 gateways: at most ${inAnyMinute('replicas-many-series')} by all together, budget 60`,
    );
  } else print('no redis-server: several gateways were not measured');

  for (const each of clients) each.close();
  await Promise.all([gateway, ...replicas].map((each) => each.stop()));
  await redis?.[Symbol.asyncDispose]();
}
