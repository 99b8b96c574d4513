import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerWord, noAnswer } from './answer-word.ts';
import { afterIdleMs, atOnceMs, type FaultCase, limits } from './fault-case.ts';
import type { FaultStage } from './fault-stage.ts';
import { halfSent } from './half-sent.ts';
import { trickle } from './trickle.ts';

/** Goes when half of the file is upstream, which must hear of it. */
async function goneInTheMiddle(stage: FaultStage, leave: 'destroy' | 'resetAndDestroy'): Promise<string> {
  using half = await halfSent(stage);
  half.connection.socket[leave]();
  await half.upstream.done;
  return noAnswer;
}

/** Sends so much, and then no byte more. */
async function silentAt(stage: FaultStage, bytes: number): Promise<string> {
  using connection = await stage.connect();
  await connection.write(stage.request.subarray(0, bytes));
  return await answerWord(connection.answer());
}

/** Sends the bytes from one place to another at a byte a second, all others at once. */
async function slowBetween(stage: FaultStage, from: number, to: number): Promise<string> {
  using connection = await stage.connect();
  await connection.write(stage.request.subarray(0, from));
  const answer = answerWord(connection.answer());
  await trickle(connection, stage.request.subarray(from, to));
  connection.write(stage.request.subarray(to)).catch(() => {});
  return await answer;
}

/** What a client does wrong, or what its network does to it. */
export const clientFaults: readonly FaultCase[] = [
  {
    name: 'client is gone within the headers',
    withinMs: atOnceMs,
    async run(stage) {
      using connection = await stage.connect();
      await connection.write(stage.request.subarray(0, 80));
      return noAnswer;
    },
  },
  {
    name: 'client is gone before the file begins',
    withinMs: atOnceMs,
    async run(stage) {
      using connection = await stage.connect();
      await connection.write(stage.request.subarray(0, stage.headBytes - 20));
      return noAnswer;
    },
  },
  {
    name: 'client is gone in the middle of the file',
    withinMs: atOnceMs,
    run: (stage) => goneInTheMiddle(stage, 'destroy'),
  },
  {
    name: 'client resets its connection in the middle of the file',
    withinMs: atOnceMs,
    run: (stage) => goneInTheMiddle(stage, 'resetAndDestroy'),
  },
  {
    name: 'client closes its side in the middle of the file, and reads on',
    withinMs: atOnceMs,
    async run(stage) {
      using connection = await stage.connect();
      const arrival = stage.arrived();
      await connection.write(stage.request.subarray(0, stage.headBytes + (stage.file.length >> 1)));
      await arrival;
      connection.socket.end();
      return await answerWord(connection.answer());
    },
  },
  {
    name: 'form ends without its last boundary',
    withinMs: atOnceMs,
    async run(stage) {
      using connection = await stage.connect();
      const arrival = stage.arrived();
      // As long as it was announced, but with line ends where the boundary belongs.
      await connection.write(stage.request.subarray(0, stage.headBytes + stage.file.length));
      await arrival;
      await connection.write('\n'.repeat(stage.request.length - stage.headBytes - stage.file.length));
      return await answerWord(connection.answer());
    },
  },
  {
    name: 'client falls silent within the head of its file part',
    withinMs: afterIdleMs,
    run: (stage) => silentAt(stage, stage.headBytes - 20),
  },
  {
    name: 'client falls silent in the middle of the file',
    withinMs: afterIdleMs,
    run: (stage) => silentAt(stage, stage.headBytes + (stage.file.length >> 1)),
  },
  {
    name: 'client sends its headers at a byte a second',
    // They are looked at each second.
    withinMs: limits.headersMs + 1_000 + atOnceMs,
    run: (stage) => slowBetween(stage, 20, 80),
  },
  {
    name: 'client sends the head of its file part at a byte a second',
    withinMs: 5 * 1_000 + atOnceMs,
    run: (stage) => slowBetween(stage, stage.headBytes - 25, stage.headBytes - 20),
  },
  {
    name: 'client sends the end of its file at a byte a second',
    withinMs: 5 * 1_000 + atOnceMs,
    run(stage) {
      const fileEnd = stage.headBytes + stage.file.length;
      return slowBetween(stage, fileEnd - 5, fileEnd);
    },
  },
  {
    name: 'client sends its last boundary in six pieces, a second apart',
    withinMs: 6 * 1_000 + atOnceMs,
    async run(stage) {
      using connection = await stage.connect();
      const fileEnd = stage.headBytes + stage.file.length;
      const pieces = 6;
      await connection.write(stage.request.subarray(0, fileEnd));
      for (let piece = 0; piece < pieces; piece += 1) {
        const cut = (share: number) =>
          fileEnd + Math.ceil(((stage.request.length - fileEnd) * share) / pieces);
        await sleep(1_000);
        await connection.write(stage.request.subarray(cut(piece), cut(piece + 1)));
      }
      return await answerWord(connection.answer());
    },
  },
  {
    name: 'client is gone after its last byte, before the answer',
    withinMs: limits.answerMs + atOnceMs,
    async run(stage) {
      stage.fail({ kind: 'latency', ms: 1_000 });
      using connection = await stage.connect();
      const arrival = stage.arrived(stage.file.length);
      await connection.write(stage.request);
      const upstream = await arrival;
      connection.socket.destroy();
      await upstream.done;
      return noAnswer;
    },
  },
  {
    name: 'client closes its side after its last byte, and reads on',
    withinMs: atOnceMs,
    async run(stage) {
      using connection = await stage.connect();
      await connection.write(stage.request);
      connection.socket.end();
      return await answerWord(connection.answer());
    },
  },
  {
    name: 'client reads its answer a byte at a time, from two seconds later on',
    withinMs: 2_000 + atOnceMs,
    async run(stage) {
      using connection = await stage.connect();
      await connection.write(stage.request);
      await sleep(2_000);
      const { socket } = connection;
      const bytes: Buffer[] = [];
      // The first read takes what has come; it is the gateway that has to bear the wait before.
      while (!Buffer.concat(bytes).includes('}}}}')) {
        const byte = socket.read(1) as Buffer | null;
        if (byte === null) await once(socket, 'readable');
        else bytes.push(byte);
      }
      const body = Buffer.concat(bytes).toString();
      return await answerWord(
        Promise.resolve({ status: 200, headers: {}, body: body.slice(body.indexOf('{')) }),
      );
    },
  },
];
