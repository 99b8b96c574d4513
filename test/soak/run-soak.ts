import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSandbox } from '../../src/sandbox/create-sandbox.ts';
import { createIdleCloser, leftOver, settledHoldings } from '../faults/leftovers.ts';
import { freePort } from '../support/free-port.ts';
import { startProcess } from '../support/gateway-process.ts';
import { upload } from '../support/graphql-client.ts';
import { createDice } from './create-dice.ts';
import { type MemorySample, sampleMemory } from './memory-samples.ts';
import { openCollector } from './open-collector.ts';
import { soakQuery } from './soak-query.ts';
import { soakUpload } from './soak-upload.ts';
import { soakWatch } from './soak-watch.ts';
import type { SoakWorld } from './soak-world.ts';

export interface SoakOptions {
  readonly seconds: number;
  readonly seed: number;
  /** Each sample collects the gateway's garbage first. Default 10,000. */
  readonly sampleEachMs?: number;
  readonly onSample?: (sample: MemorySample) => void;
}

export interface SoakReport {
  readonly samples: readonly MemorySample[];
  /** How often, by what was done and what came of it. */
  readonly counts: ReadonlyMap<string, number>;
  /** `nothing`, or what there is more of than before. */
  readonly leftOver: string;
  /** Names under which upstream has more than one job: each stands for one part of one upload. */
  readonly doubleJobs: readonly string[];
  /** Lines of level error, stderr, an exit that was not clean. */
  readonly faults: readonly string[];
}

const crew = [
  [soakUpload, 8],
  [soakQuery, 3],
  [soakWatch, 12],
] as const;

/** Loads a real gateway process with all that there is, at once and at random. Frees everything. */
export async function runSoak({
  seconds,
  seed,
  sampleEachMs = 10_000,
  onSample = () => {},
}: SoakOptions): Promise<SoakReport> {
  await using sandbox = await createSandbox({ stepMs: 10 });
  using idle = createIdleCloser(sandbox.url);
  const port = await freePort();
  await using gateway = await startProcess({
    NODE_OPTIONS: `--inspect=127.0.0.1:${port} --inspect-publish-uid=http`,
    COUPON_API_URL: sandbox.url,
    ...{ UPLOAD_IDLE_TIMEOUT_MS: '2000', UPSTREAM_TIMEOUT_MS: '2000' },
    ...{ POLL_MIN_INTERVAL_MS: '100', POLL_MAX_INTERVAL_MS: '500', POLL_BUDGET_PER_MINUTE: '1000000' },
  });
  const { url } = gateway;
  using collector = await openCollector(port);
  const counts = new Map<string, number>();
  const load = new AbortController();
  setMaxListeners(0, load.signal);
  const world: SoakWorld = {
    ...{ url, sandbox, dice: createDice(seed), signal: load.signal, jobIds: [] },
    begin: () => {},
    count: (what, outcome) => counts.set(`${what}: ${outcome}`, (counts.get(`${what}: ${outcome}`) ?? 0) + 1),
  };
  // What the first ones bring with them is nobody's left-over.
  await upload(url, { headers: { connection: 'close' } });
  const before = await settledHoldings(gateway, idle.close);

  const samples: MemorySample[] = [];
  const workers = crew.flatMap(([act, places]) =>
    Array.from({ length: places }, async () => {
      let step = '';
      const begin = (what: string) => {
        step = what;
      };
      const mine = { ...world, begin };
      while (!load.signal.aborted) await inTime(act(mine), () => `${act.name}, ${step},`);
    }),
  );
  const endMs = performance.now() + seconds * 1_000;
  const sampling = async () => {
    while (performance.now() < endMs) {
      await sleep(Math.min(sampleEachMs, endMs - performance.now()));
      // Garbage hides a leak: V8 lets it grow to hundreds of megabytes where there is memory.
      await collector.collect();
      const sample = await sampleMemory(url);
      samples.push(sample);
      onSample(sample);
    }
  };
  try {
    await Promise.race([sampling(), ...workers]);
  } finally {
    load.abort();
    await Promise.all(workers);
  }
  sandbox.faults.clear();
  // A client that is gone while it was lingered for is noticed ten seconds later.
  const left = await leftOver(gateway, before, { closeIdle: idle.close, withinMs: 20_000 });
  collector[Symbol.dispose]();
  gateway.kill('SIGTERM');
  const { code, stdout, stderr: said } = await gateway.ended;
  const stderr = said.replace(/^Debugger .*\n/gm, '');
  const errors = stdout.filter((line) => /"level":[56]0/.test(line));
  return {
    ...{ samples, counts, leftOver: left, doubleJobs: doubles(sandbox.jobs.list()) },
    faults: [
      ...errors,
      ...(stderr === '' ? [] : [stderr]),
      ...(code === 0 ? [] : [`It ended with ${code}.`]),
    ],
  };
}

/** Nothing here may last longer, whatever goes wrong: what does is the gateway's hang. */
const actMs = 90_000;

async function inTime(act: Promise<void>, what: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what()} did not end within ${actMs} ms.`)), actMs);
  });
  try {
    await Promise.race([act, hang]);
  } finally {
    clearTimeout(timer);
  }
}

function doubles(
  jobs: readonly { readonly kind: string; readonly couponSeriesId: string; readonly originalName: string }[],
) {
  const seen = new Set<string>();
  return jobs
    .map(({ kind, couponSeriesId, originalName }) => `${kind}:${couponSeriesId}:${originalName}`)
    .filter((name) => seen.size === seen.add(name).size);
}
