/**
 * What watching costs: `npm run bench:watch`, about two minutes. The upstream counts polls, and tells every job's new
 * status when it is told to. The figures for several gateways need a redis-server.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedisServer } from '../test/watch-redis-server.ts';
import { median } from './median.ts';
import { startGateway } from './start-gateway.ts';
import { type WatchClients, watchOverSse } from './watch-clients.ts';
import { startPolledUpstream } from './watch-upstream.ts';

const minuteMs = 60_000;
const print = (text: string) => process.stdout.write(`${text}\n`);
const upstream = await startPolledUpstream();

print(`${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}`);
await measureMemoryAndDelay(5_000);
await measurePolls();
upstream.close();

async function measureMemoryAndDelay(count: number): Promise<void> {
  const gateway = await startGateway({ COUPON_API_URL: upstream.url });
  const watch = (token: string, watchers: number) =>
    watchOverSse({ url: gateway.url, token, series: [1], count: watchers });
  // What the first requests bring with them is no watcher's.
  (await watch('warm', 200)).close();
  await sleep(3_000);
  const beforeMiB = gateway.rssMiB();
  const clients = await watch('memory', count);
  await sleep(10_000);
  const each = (mib: number) => (((mib - beforeMiB) * 1024) / count).toFixed(1);
  print(`memory of ${count} SSE watchers, sockets included: ${each(gateway.rssMiB())} KiB each`);

  const delays: number[] = [];
  const waits: number[] = [];
  for (let change = 1; change <= 10; change += 1) {
    const told = clients.told(`CHANGE_${change}`);
    const polledAtMs = await upstream.setStatus(`CHANGE_${change}`);
    waits.push(await msToHealth(gateway.url));
    delays.push((await told) - polledAtMs);
  }
  await sleep(5_000);
  print(`after 10 changes, garbage included that waits to be collected: ${each(gateway.rssMiB())} KiB each`);
  const [middle, worst] = [median(delays), Math.max(...delays)];
  print(`from a poll's answer to the last of ${count} watchers: ${middle} ms (median), ${worst} ms (most)`);
  print(
    `a request of somebody else meanwhile: ${median(waits)} ms (median), ${Math.max(...waits)} ms (most)`,
  );
  clients.close();
  await gateway.stop();
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
