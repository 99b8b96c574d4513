import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayProcess } from '../support/gateway-process.ts';
import type { RawConnection } from '../support/raw-connection.ts';
import { answerWord, noAnswer } from './answer-word.ts';
import { afterIdleMs, atOnceMs, type FaultCase, limits } from './fault-case.ts';
import type { FaultStage } from './fault-stage.ts';
import { type HalfSent, halfSent } from './half-sent.ts';
import { upstreamHas } from './judge-row.ts';
import { until } from './until.ts';

const standstillMs = limits.idleMs + 1_000;
const stillFor = `The gateway is stopped (SIGSTOP) for ${standstillMs / 1_000} s`;
/** An upload needs about thirty; Node needs more while it loads its modules, which it opens all at once. */
const openFiles = 400;

type Run = (stage: FaultStage, gateway: GatewayProcess) => Promise<string>;
type Happens<T> = (gateway: GatewayProcess, at: T, stage: FaultStage) => Promise<string>;

interface GatewayFault {
  readonly name: string;
  readonly withinMs?: number;
  readonly openFiles?: number;
  /** Its exit code, where it ends; `null`: killed. */
  readonly endsWith?: number | null;
  readonly run: Run;
}

const ground = async () => ({});

/** What happens to a gateway beside the one that the repeat goes to. */
function fault({ name, withinMs = atOnceMs, endsWith, run, ...limited }: GatewayFault): FaultCase {
  let gateway: GatewayProcess;
  return {
    ...{ name, withinMs, ground },
    async prepare(stage) {
      gateway = await stage.another(limited);
    },
    run: (stage) => run(stage, gateway),
    async heal() {
      if (endsWith === undefined) return;
      const end = await gateway.ended;
      if (end.code !== endsWith) throw new Error(`It ended with ${end.code}: ${end.stderr}`);
    },
  };
}

/** When half of the file is upstream. */
function inTheMiddle(happens: Happens<HalfSent>): Run {
  return async (stage, gateway) => {
    using half = await halfSent(stage, gateway);
    return await happens(gateway, half, stage);
  };
}

/** When all of the file is upstream, a second before the answer. */
function beforeTheAnswer(happens: Happens<Promise<string>>): Run {
  return async (stage, gateway) => {
    stage.fail({ kind: 'latency', ms: 1_000 });
    const answer = stage.upload(gateway);
    await until('the job is made', () => upstreamHas(stage) === 'a job');
    return happens(gateway, answer, stage);
  };
}

/** When the gateway has no descriptor left, but for one connection. */
function withoutFiles(happens: Happens<RawConnection>): Run {
  return async (stage, gateway) => {
    using connection = await stage.connect(gateway);
    using _held = await useUpFiles(stage, gateway);
    return await happens(gateway, connection, stage);
  };
}

/** Holds every descriptor that the gateway still has. Disposing gives them back. */
async function useUpFiles(stage: FaultStage, gateway: GatewayProcess): Promise<Disposable> {
  const held: RawConnection[] = [];
  const files = () => readdirSync(`/proc/${gateway.pid}/fd`).length;
  await until('the descriptors are used up', async () => {
    while (files() < openFiles && held.length < 2 * openFiles) held.push(await stage.connect(gateway));
    return files() >= openFiles;
  });
  return {
    [Symbol.dispose]() {
      for (const connection of held) connection[Symbol.dispose]();
    },
  };
}

async function standStill(gateway: GatewayProcess): Promise<void> {
  gateway.kill('SIGSTOP');
  await sleep(standstillMs);
  gateway.kill('SIGCONT');
}

async function tellToEnd(gateway: GatewayProcess): Promise<void> {
  gateway.kill('SIGTERM');
  await until('it says so', () => gateway.stdout.some((line) => line.includes('shutting down')));
}

/** What happens to the gateway's own process. */
export const gatewayFaults: readonly FaultCase[] = [
  {
    name: 'The gateway is told to end (SIGTERM) in the middle of the file',
    endsWith: 0,
    run: inTheMiddle(async (gateway, half) => {
      await tellToEnd(gateway);
      return half.rest();
    }),
  },
  {
    name: 'The gateway is told to end (SIGTERM) in the middle of the file, and the client sends nothing more',
    withinMs: afterIdleMs,
    endsWith: 0,
    run: inTheMiddle(async (gateway, half) => {
      await tellToEnd(gateway);
      return half.answer();
    }),
  },
  {
    name: `The gateway is told to end (SIGTERM) in the middle of the file, and the client needs longer than the ${limits.drainMs / 1_000} s that are left`,
    withinMs: limits.drainMs + atOnceMs,
    endsWith: 0,
    run: inTheMiddle(async (gateway, half) => {
      await tellToEnd(gateway);
      return half.trickleUntil(half.answer());
    }),
  },
  {
    name: 'The gateway is killed (SIGKILL) in the middle of the file',
    endsWith: null,
    run: inTheMiddle(async (gateway, half) => {
      gateway.kill('SIGKILL');
      await half.upstream.done;
      return half.answer();
    }),
  },
  {
    name: 'The gateway is killed (SIGKILL) when Capillary has the whole file and has not answered yet',
    withinMs: limits.answerMs + atOnceMs,
    endsWith: null,
    run: beforeTheAnswer(async (gateway, answer) => {
      gateway.kill('SIGKILL');
      return answer;
    }),
  },
  {
    name: `${stillFor} in the middle of the file`,
    withinMs: standstillMs + atOnceMs,
    run: inTheMiddle(async (gateway, half) => {
      const stands = standStill(gateway);
      const answer = await half.rest();
      await stands;
      return answer;
    }),
  },
  {
    name: `${stillFor} while Capillary answers`,
    withinMs: standstillMs + limits.looksMs + atOnceMs,
    run: beforeTheAnswer(async (gateway, answer) => {
      await standStill(gateway);
      return answer;
    }),
  },
  {
    name: 'The gateway has no file descriptor left for the client',
    openFiles,
    run: withoutFiles((gateway, _connection, stage) => stage.upload(gateway).catch(() => noAnswer)),
  },
  {
    name: 'The gateway has no file descriptor left for Capillary',
    openFiles,
    run: withoutFiles((_gateway, connection, stage) => {
      connection.write(stage.request).catch(() => {});
      return answerWord(connection.answer());
    }),
  },
  {
    name: 'The gateway runs out of file descriptors in the middle of the file',
    openFiles,
    run: inTheMiddle(async (gateway, half, stage) => {
      using _held = await useUpFiles(stage, gateway);
      return await half.rest();
    }),
  },
].map(fault);
