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
    name: 'The client disconnects while it sends the headers of the request',
    withinMs: atOnceMs,
    async run(stage) {
      using connection = await stage.connect();
      await connection.write(stage.request.subarray(0, 80));
      return noAnswer;
    },
  },
  {
    name: 'The client disconnects before the file begins',
    withinMs: atOnceMs,
    async run(stage) {
      using connection = await stage.connect();
      await connection.write(stage.request.subarray(0, stage.headBytes - 20));
      return noAnswer;
    },
  },
  {
    name: 'The client disconnects in the middle of the file',
    withinMs: atOnceMs,
    run: (stage) => goneInTheMiddle(stage, 'destroy'),
  },
  {
    name: 'The client resets its connection in the middle of the file',
    withinMs: atOnceMs,
    run: (stage) => goneInTheMiddle(stage, 'resetAndDestroy'),
  },
  {
    name: 'The client closes its side of the connection in the middle of the file, and waits for an answer',
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
    name: 'The form is as long as announced, but has no closing boundary',
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
    name: 'The client sends nothing more in the middle of the headers of the file part',
    withinMs: afterIdleMs,
    run: (stage) => silentAt(stage, stage.headBytes - 20),
  },
  {
    name: 'The client sends nothing more in the middle of the file',
    withinMs: afterIdleMs,
    run: (stage) => silentAt(stage, stage.headBytes + (stage.file.length >> 1)),
  },
  {
    name: 'The client sends the headers of the request at one byte per second',
    // They are looked at each second.
    withinMs: limits.headersMs + 1_000 + atOnceMs,
    run: (stage) => slowBetween(stage, 20, 80),
  },
  {
    name: 'The client sends five bytes of the headers of the file part at one byte per second',
    withinMs: 5 * 1_000 + atOnceMs,
    run: (stage) => slowBetween(stage, stage.headBytes - 25, stage.headBytes - 20),
  },
  {
    name: 'The client sends the last five bytes of the file at one byte per second',
    withinMs: 5 * 1_000 + atOnceMs,
    run(stage) {
      const fileEnd = stage.headBytes + stage.file.length;
      return slowBetween(stage, fileEnd - 5, fileEnd);
    },
  },
  {
    name: 'The client sends the closing boundary in six pieces, one per second',
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
    name: 'The client disconnects after its last byte, before the answer',
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
    name: 'The client closes its side of the connection after its last byte, and waits for the answer',
    withinMs: atOnceMs,
    async run(stage) {
      using connection = await stage.connect();
      await connection.write(stage.request);
      connection.socket.end();
      return await answerWord(connection.answer());
    },
  },
  {
    name: 'The client begins to read the answer two seconds late, and reads it byte by byte',
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
