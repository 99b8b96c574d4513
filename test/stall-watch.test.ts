import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createStallWatch } from '../src/flow/stall-watch.ts';

const timeoutMs = 100;
const server = createServer();
let client: Socket;
let served: Socket;

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = once(server, 'connection');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  [served] = (await connection) as [Socket];
});
afterEach(async () => {
  client.destroy();
  served.destroy();
  server.close();
  await once(server, 'close');
});

/** Nothing of this process runs meanwhile, no timer and no socket. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test('a wait in which nothing comes is told', async () => {
  let tell = (): void => {};
  const stalled = new Promise<void>((resolve) => (tell = resolve));
  const startedMs = performance.now();
  const watch = createStallWatch({ timeoutMs, onStall: () => tell() });
  watch.begin();
  await stalled;
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(timeoutMs - 1);
});

test('a standstill of the process is no wait for what came meanwhile', async () => {
  let stalls = 0;
  const watch = createStallWatch({ timeoutMs, onStall: () => (stalls += 1) });
  watch.begin();
  served.on('data', watch.end);
  const arrival = once(served, 'data');
  client.write('bytes');
  standStill(3 * timeoutMs);
  await arrival;
  await turn();
  await turn();
  watch.close();
  expect(stalls).toBe(0);
});
