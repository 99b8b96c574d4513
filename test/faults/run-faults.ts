import { setTimeout as sleep } from 'node:timers/promises';
import { afterIdleMs, type FaultCase, limits } from './fault-case.ts';
import { openGround } from './fault-ground.ts';
import { faultCases, type SidedCase } from './fault-list.ts';
import { createFaultStage, type FaultStage } from './fault-stage.ts';
import { type Broken, brokenInvariants, type Outcome, upstreamHas } from './judge-row.ts';
import { createTurnstile } from './turnstile.ts';

/** One line of the table. */
export interface FaultRow extends Outcome, Pick<SidedCase, 'side' | 'name'> {
  readonly broken: Broken;
}

export interface RunFaultsOptions {
  /** Default: all. */
  readonly cases?: readonly SidedCase[];
  /**
   * Whether a row is what it should be. One that is not, without a promise being broken, is played again: it may have met a machine
   * that stood still. Default: nothing is broken.
   */
  readonly isGood?: (row: FaultRow) => boolean;
  /** Hears of each row when it is done. */
  readonly onRow?: (row: FaultRow) => void;
}

/** Gateways with a case each, so many at once. */
const groundsAtOnce = 4;
/** On one ground. */
const casesAtOnce = 16;
const firstSeries = 700_001;

/**
 * Runs the cases against real gateway processes, at once where they do not disturb each other: each has a series of its
 * own. Resolves to the rows in the order of the cases.
 */
export async function runFaults({
  cases = faultCases(),
  isGood = ({ broken }) => broken.times.length === 0,
  onRow = () => {},
}: RunFaultsOptions = {}): Promise<FaultRow[]> {
  const rows = new Map<SidedCase, FaultRow>();
  const run = async (chosen: readonly SidedCase[]) => {
    for (const [fault, row] of await runOnOneGround(chosen)) {
      rows.set(fault, row);
      onRow(row);
    }
  };
  const runAll = async (chosen: readonly SidedCase[]) => {
    const waiting = groundsOf(chosen).values();
    const lanes = Array.from({ length: groundsAtOnce }, async () => {
      for (const together of waiting) await run(together);
    });
    await Promise.all(lanes);
  };
  await runAll(cases);
  const isSpoilt = (row: FaultRow) => row.broken.promises.length === 0 && !isGood(row);
  await runAll(cases.filter((fault) => isSpoilt(rows.get(fault) as FaultRow)));
  return cases.map((fault) => rows.get(fault) as FaultRow);
}

/** Which cases stand on one ground. Those that take longest come first. */
function groundsOf(cases: readonly SidedCase[]): SidedCase[][] {
  const grounds = new Map<SidedCase['ground'], SidedCase[]>();
  for (const fault of cases) grounds.set(fault.ground, [...(grounds.get(fault.ground) ?? []), fault]);
  return [...grounds.values()].sort((a, b) => expectedMs(b) - expectedMs(a));
}

function expectedMs(cases: readonly SidedCase[]): number {
  const bounds = cases.map(({ withinMs }) => withinMs);
  return cases[0]?.inTurn ? bounds.reduce((sum, ms) => sum + ms, 0) : Math.max(...bounds);
}

/** One gateway, its sandbox, and all that goes wrong there. */
async function runOnOneGround(cases: readonly SidedCase[]): Promise<Map<SidedCase, FaultRow>> {
  const [first] = cases;
  const rows = new Map<SidedCase, FaultRow>();
  await using ground = await openGround(first?.ground ?? (async () => ({})));
  const stages = cases.map(({ fileBytes = 256 * 1024 }, index) =>
    createFaultStage({ ...ground, series: String(firstSeries + index), fileBytes }),
  );
  const parts: Played[] = [];
  const playOne = async (fault: FaultCase, index: number) => {
    parts[index] = await play(fault, stages[index] as FaultStage);
  };
  // All at once would be a machine that is too slow, which is none of the cases.
  const takePlace = createTurnstile(first?.inTurn ? 1 : casesAtOnce);
  await Promise.all(cases.map((fault, index) => takePlace(() => playOne(fault, index))));
  ground.sandbox.faults.clear();
  // Connections to Redis come and go with it.
  const hasRedis = first?.side === 'Redis' || first?.side === 'Two gateways and one key';
  const left = await ground.leftOver(hasRedis ? 2 : 0);
  const said = await ground.end();
  for (const [index, fault] of cases.entries()) {
    const outcome = { ...(parts[index] as Played), ...said, leftOver: left };
    const broken = brokenInvariants(stages[index] as FaultStage, fault, outcome);
    rows.set(fault, { ...outcome, side: fault.side, name: fault.name, broken });
  }
  return rows;
}

type Played = Pick<Outcome, 'got' | 'ms' | 'upstream' | 'repeat'>;

async function play(fault: FaultCase, stage: FaultStage): Promise<Played> {
  let startedMs = performance.now();
  try {
    await inTime('to prepare', fault.prepare?.(stage));
    startedMs = performance.now();
    const got = await orHang(fault.run(stage), fault.withinMs + limits.slackMs);
    const ms = performance.now() - startedMs;
    const upstream = upstreamHas(stage);
    await inTime('to heal', fault.heal?.(stage));
    const repeat = fault.repeat?.(stage) ?? stage.upload();
    return { got, ms, upstream, repeat: await orHang(repeat, repeatWithinMs) };
  } catch (error) {
    // A row that is broken: the others go on, and what was started is ended.
    const said = String(error);
    return { got: said, ms: performance.now() - startedMs, upstream: upstreamHas(stage), repeat: said };
  }
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

/** What goes wrong with a gateway that ends may last for as long as its drain. */
async function inTime(what: string, work: Promise<void> | undefined): Promise<void> {
  const done = work?.then(() => 'done') ?? Promise.resolve('done');
  if ((await orHang(done, limits.drainMs + limits.slackMs)) !== 'done') throw new Error(`It hangs ${what}.`);
}
