import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RawConnection } from '../support/raw-connection.ts';
import { answerWord, noAnswer } from './answer-word.ts';
import { afterIdleMs, atOnceMs, type FaultCase, limits } from './fault-case.ts';
import type { FaultStage } from './fault-stage.ts';
import { upstreamHas } from './judge-row.ts';
import { until } from './until.ts';

const ground = async () => ({});
const standstillMs = limits.idleMs + 1_000;
/** An upload needs about thirty; Node needs more while it loads its modules, which it opens all at once. */
const openFiles = 400;
const fewFiles = async () => ({ openFiles });

/** Half the file is upstream. `rest` sends the other half and reads the answer. */
async function halfSent(stage: FaultStage) {
  const connection = await stage.connect();
  const half = stage.headBytes + (stage.file.length >> 1);
  const arrival = stage.arrived();
  await connection.write(stage.request.subarray(0, half));
  const upstream = await arrival;
  return {
    upstream,
    connection,
    async rest() {
      await connection.write(stage.request.subarray(half));
      return answerWord(connection.answer());
    },
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  };
}

/** Holds every descriptor that the gateway still has. Disposing gives them back. */
async function useUpFiles(stage: FaultStage): Promise<Disposable> {
  const held: RawConnection[] = [];
  const files = () => readdirSync(`/proc/${stage.gateway().pid}/fd`).length;
  await until('the descriptors are used up', async () => {
    while (files() < openFiles && held.length < 2 * openFiles) held.push(await stage.connect());
    return files() >= openFiles;
  });
  return {
    [Symbol.dispose]() {
      for (const connection of held) connection[Symbol.dispose]();
    },
  };
}

async function ended(stage: FaultStage, code: number | null): Promise<void> {
  const end = await stage.gateway().ended;
  if (end.code !== code) throw new Error(`The gateway ended with ${end.code}: ${end.stderr}`);
  await stage.restart();
}

/** What happens to the gateway's own process. */
export const gatewayFaults: readonly FaultCase[] = [
  {
    name: 'gateway is told to end (SIGTERM) in the middle of the file',
    withinMs: atOnceMs,
    ground,
    async run(stage) {
      using half = await halfSent(stage);
      stage.gateway().kill('SIGTERM');
      await until('it says so', () => stage.gateway().stdout.some((line) => line.includes('shutting down')));
      return await half.rest();
    },
    heal: (stage) => ended(stage, 0),
  },
  {
    name: 'gateway is told to end (SIGTERM), and whose client is silent then',
    withinMs: afterIdleMs,
    ground,
    async run(stage) {
      using half = await halfSent(stage);
      stage.gateway().kill('SIGTERM');
      return await answerWord(half.connection.answer());
    },
    heal: (stage) => ended(stage, 0),
  },
  {
    name: 'gateway is killed (SIGKILL) in the middle of the file',
    withinMs: atOnceMs,
    ground,
    async run(stage) {
      using half = await halfSent(stage);
      stage.gateway().kill('SIGKILL');
      await half.upstream.done;
      return await answerWord(half.connection.answer());
    },
    heal: (stage) => ended(stage, null),
  },
  {
    name: 'gateway is killed (SIGKILL) when Capillary has the whole file, before its answer',
    withinMs: limits.answerMs + atOnceMs,
    ground,
    async run(stage) {
      stage.fail({ kind: 'latency', ms: 1_000 });
      const arrival = stage.arrived(stage.file.length);
      const answer = stage.upload();
      const upstream = await arrival;
      await until('the job is made', () => upstreamHas(stage) === 'a job');
      stage.gateway().kill('SIGKILL');
      await upstream.done;
      return answer;
    },
    heal: (stage) => ended(stage, null),
  },
  {
    name: `gateway stands still for ${standstillMs / 1_000} s in the middle of the file`,
    withinMs: standstillMs + atOnceMs,
    ground,
    async run(stage) {
      using half = await halfSent(stage);
      stage.gateway().kill('SIGSTOP');
      const answer = half.rest();
      await sleep(standstillMs);
      stage.gateway().kill('SIGCONT');
      return await answer;
    },
  },
  {
    name: `gateway stands still for ${standstillMs / 1_000} s while Capillary answers`,
    withinMs: standstillMs + limits.looksMs + atOnceMs,
    ground,
    async run(stage) {
      stage.fail({ kind: 'latency', ms: 1_000 });
      const arrival = stage.arrived(stage.file.length);
      const answer = stage.upload();
      await arrival;
      stage.gateway().kill('SIGSTOP');
      await sleep(standstillMs);
      stage.gateway().kill('SIGCONT');
      return answer;
    },
  },
  {
    name: 'gateway has no file descriptor left for its client',
    withinMs: atOnceMs,
    ground: fewFiles,
    async run(stage) {
      using _held = await useUpFiles(stage);
      return await stage.upload().catch(() => noAnswer);
    },
  },
  {
    name: 'gateway has no file descriptor left for Capillary',
    withinMs: atOnceMs,
    ground: fewFiles,
    async run(stage) {
      using connection = await stage.connect();
      using _held = await useUpFiles(stage);
      connection.write(stage.request).catch(() => {});
      return await answerWord(connection.answer());
    },
  },
  {
    name: 'gateway runs out of file descriptors in the middle of the file',
    withinMs: atOnceMs,
    ground: fewFiles,
    async run(stage) {
      using half = await halfSent(stage);
      using _held = await useUpFiles(stage);
      return await half.rest();
    },
  },
];
