import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSandbox, type Sandbox } from '../../src/sandbox/create-sandbox.ts';
import { type GatewayProcess, startProcess } from '../support/gateway-process.ts';
import { hasRedisServer } from '../watch-redis-server.ts';
import { clientFaults } from './client-faults.ts';
import { afterIdleMs, type FaultCase, type FaultSide, limits, type OwnGround } from './fault-case.ts';
import { createFaultStage, type FaultStage } from './fault-stage.ts';
import { gatewayFaults } from './gateway-faults.ts';
import { brokenInvariants, type Outcome, upstreamHas } from './judge-row.ts';
import { createIdleCloser, leftOver, settledHoldings } from './leftovers.ts';
import { redisFaults } from './redis-faults.ts';
import { upstreamFaults } from './upstream-faults.ts';

/** One line of the table. */
export interface FaultRow extends Outcome {
  readonly side: FaultSide;
  readonly name: string;
  /** Sentences; none when all is well. */
  readonly broken: readonly string[];
}

/** A case and the heading under which its row stands. */
export interface SidedCase extends FaultCase {
  readonly side: FaultSide;
}

/** Without a redis-server, and where a process' descriptors cannot be counted, some cases cannot be run. */
const canRun: Record<FaultSide, () => boolean> = {
  'The client': () => true,
  Capillary: () => true,
  'The gateway itself': () => existsSync('/proc/self/fd'),
  Redis: hasRedisServer,
};

const sides: readonly (readonly [FaultSide, readonly FaultCase[]])[] = [
  ['The client', clientFaults],
  ['Capillary', upstreamFaults],
  ['The gateway itself', gatewayFaults],
  ['Redis', redisFaults],
];

/** All that can be run on this machine, in the order of the table. */
export function faultCases(): SidedCase[] {
  return sides
    .filter(([side]) => canRun[side]())
    .flatMap(([side, faults]) => faults.map((fault) => ({ ...fault, side })));
}

export interface RunFaultsOptions {
  /** Default: all. */
  readonly cases?: readonly SidedCase[];
  /** Hears of each row when it is done. */
  readonly onRow?: (row: FaultRow) => void;
}

/** Gateways with a case each, so many at once. */
const groundsAtOnce = 4;
const firstSeries = 700_001;

/**
 * Runs the cases against real gateway processes, at once where they do not disturb each other: each has a series of its
 * own. Resolves to the rows in the order of the cases.
 */
export async function runFaults({
  cases = faultCases(),
  onRow = () => {},
}: RunFaultsOptions = {}): Promise<FaultRow[]> {
  const rows = new Map<SidedCase, FaultRow>();
  const run = async (chosen: readonly SidedCase[]) => {
    for (const [fault, row] of await runOnOneGround(chosen)) {
      rows.set(fault, row);
      onRow(row);
    }
  };
  const own = cases.filter(({ ground }) => ground !== undefined);
  const waiting = own.values();
  const lanes = Array.from({ length: groundsAtOnce }, async () => {
    for (const fault of waiting) await run([fault]);
  });
  await Promise.all([run(cases.filter(({ ground }) => ground === undefined)), ...lanes]);
  return cases.map((fault) => rows.get(fault) as FaultRow);
}

/** One gateway, its sandbox, and all that goes wrong there at the same time. */
async function runOnOneGround(cases: readonly SidedCase[]): Promise<Map<SidedCase, FaultRow>> {
  const rows = new Map<SidedCase, FaultRow>();
  if (cases.length === 0) return rows;
  const ground: OwnGround = (await cases[0]?.ground?.()) ?? {};
  const sandbox = await createSandbox();
  using idle = createIdleCloser(sandbox.url);
  const processes: GatewayProcess[] = [];
  try {
    const restart = async () => void processes.push(await start(sandbox, ground));
    await restart();
    const gateway = () => processes.at(-1) as GatewayProcess;
    const stages = cases.map(({ fileBytes = 256 * 1024 }, index) => {
      const series = String(firstSeries + index);
      return createFaultStage({ sandbox, series, fileBytes, gateway, restart });
    });
    await warmUp(sandbox, gateway);
    const before = await settledHoldings(gateway(), idle.close);
    const parts = await Promise.all(cases.map((fault, index) => play(fault, stages[index] as FaultStage)));
    sandbox.faults.clear();
    const left = await leftOver(gateway(), before, {
      // Connections to Redis come and go with it.
      allowed: cases[0]?.side === 'Redis' ? 2 : 0,
      closeIdle: idle.close,
    });
    const log = processes.flatMap(({ stdout }) => stdout);
    const stderr = await endAll(processes);
    for (const [index, fault] of cases.entries()) {
      const outcome = { ...(parts[index] as Played), withinMs: fault.withinMs, leftOver: left, log, stderr };
      const broken = brokenInvariants(stages[index] as FaultStage, outcome);
      rows.set(fault, { ...outcome, side: fault.side, name: fault.name, broken });
    }
    return rows;
  } finally {
    for (const each of processes) await each[Symbol.asyncDispose]();
    await sandbox.close();
    await ground.close?.();
  }
}

type Played = Pick<Outcome, 'got' | 'ms' | 'upstream' | 'repeat'>;

async function play(fault: FaultCase, stage: FaultStage): Promise<Played> {
  const startedMs = performance.now();
  const got = await orHang(fault.run(stage), fault.withinMs + limits.slackMs);
  const ms = performance.now() - startedMs;
  const upstream = upstreamHas(stage);
  await fault.heal?.(stage);
  return { got, ms, upstream, repeat: await orHang(stage.upload(), repeatWithinMs) };
}

/** The looks of a repeat into the list come to five seconds, and a vanished client's key is free after the idle timeout. */
const repeatWithinMs = 5_000 + afterIdleMs;

/** What never ends is a finding, too, and must not end the run. */
async function orHang(word: Promise<string>, withinMs: number): Promise<string> {
  const given = new AbortController();
  const hangs = sleep(withinMs, 'a hang', { signal: given.signal });
  hangs.catch(() => {});
  try {
    return await Promise.race([word, hangs]);
  } finally {
    given.abort();
  }
}

function start(sandbox: Sandbox, { env, openFiles }: OwnGround): Promise<GatewayProcess> {
  const settings = {
    COUPON_API_URL: sandbox.url,
    UPLOAD_IDLE_TIMEOUT_MS: String(limits.idleMs),
    UPSTREAM_TIMEOUT_MS: String(limits.answerMs),
    ...env,
  };
  return startProcess(settings, { openFiles });
}

/** What the first upload brings with it, its thread above all, is nobody's left-over. */
async function warmUp(sandbox: Sandbox, gateway: () => GatewayProcess): Promise<void> {
  const stage = createFaultStage({
    ...{ sandbox, gateway, series: '1', fileBytes: 1024 },
    restart: () => Promise.reject(new Error('Not during the warm-up.')),
  });
  await stage.upload();
}

/** Tells all that are left to end, and what was on their stderr. */
async function endAll(processes: readonly GatewayProcess[]): Promise<string[]> {
  for (const each of processes) each.kill('SIGTERM');
  return Promise.all(processes.map(async ({ ended }) => (await ended).stderr));
}
