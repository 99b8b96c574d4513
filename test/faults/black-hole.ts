import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { until } from './until.ts';

export interface BlackHole extends AsyncDisposable {
  readonly url: string;
}

// Its thread is held, so that nobody takes what the system has put into the queue.
const listener = `
const { parentPort } = require('node:worker_threads');
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/** A port where connections are neither taken nor refused: its queue is full, and what comes is dropped. */
export async function openBlackHole(): Promise<BlackHole> {
  const worker = new Worker(listener, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  let queued = 0;
  const fillers = Array.from({ length: 8 }, () =>
    connect(port, '127.0.0.1', () => {
      queued += 1;
    }).on('error', () => {}),
  );
  // So many as the queue takes: the system's backlog and one more.
  await until('the queue is full', () => queued >= 2);
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}
