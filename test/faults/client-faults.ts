import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerWord, noAnswer } from './answer-word.ts';
import { afterIdleMs, atOnceMs, type FaultCase, limits } from './fault-case.ts';
import type { FaultStage } from './fault-stage.ts';

const middle = ({ request, headBytes }: FaultStage) => headBytes + ((request.length - headBytes) >> 1);

/** Sends so much, waits until upstream has some of the file, and goes by `leave`. Upstream must hear of it. */
async function goneInTheMiddle(stage: FaultStage, leave: 'destroy' | 'resetAndDestroy'): Promise<string> {
  using connection = await stage.connect();
  const arrival = stage.arrived();
  await connection.write(stage.request.subarray(0, middle(stage)));
  const upstream = await arrival;
  connection.socket[leave]();
  await upstream.done;
  return noAnswer;
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
      await connection.write(stage.request.subarray(0, middle(stage)));
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
    name: 'client falls silent in the middle of the file',
    withinMs: afterIdleMs,
    async run(stage) {
      using connection = await stage.connect();
      await connection.write(stage.request.subarray(0, middle(stage)));
      return await answerWord(connection.answer());
    },
  },
  {
    name: 'client sends the end of its file at a byte a second',
    withinMs: 5 * 1_000 + atOnceMs,
    async run(stage) {
      using connection = await stage.connect();
      const fileEnd = stage.headBytes + stage.file.length;
      const slowFrom = fileEnd - 5;
      await connection.write(stage.request.subarray(0, slowFrom));
      for (let at = slowFrom; at < fileEnd; at += 1) {
        await sleep(1_000);
        await connection.write(stage.request.subarray(at, at + 1));
      }
      await connection.write(stage.request.subarray(fileEnd));
      return await answerWord(connection.answer());
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
