import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync, readdirSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { request } from 'undici';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { until } from './until.ts';

/** What a gateway holds, by what it is: file descriptors, sockets, timers, and all that runs. */
export type Holdings = ReadonlyMap<string, number>;

const running = ['gateway_uploads_in_flight', 'gateway_watchers', 'gateway_poll_loops'];

/** Counts what a gateway holds. The connection that asks is over by then. */
async function readHoldings({ url, pid }: GatewayProcess): Promise<Holdings> {
  const holdings = new Map<string, number>();
  const signal = AbortSignal.timeout(20_000);
  const { body } = await request(new URL('/metrics', url), { headers: { connection: 'close' }, signal });
  for (const line of (await body.text()).split('\n')) {
    const [, type, resources] = /^nodejs_active_resources\{type="(\w+)"\} (\d+)/.exec(line) ?? [];
    if (type !== undefined) holdings.set(type, Number(resources));
    const [name = '', value] = line.split(' ');
    if (running.includes(name)) holdings.set(name, Number(value));
  }
  const files = `/proc/${pid}/fd`;
  if (existsSync(files)) holdings.set('file descriptors', readdirSync(files).length);
  return holdings;
}

/** What a gateway holds that has nothing to do: read when it is the same twice. */
export async function settledHoldings(gateway: GatewayProcess, closeIdle: () => void): Promise<Holdings> {
  let last: Holdings = new Map();
  await until(
    'what is held is the same twice',
    async () => {
      closeIdle();
      const now = await readHoldings(gateway);
      const isSame = [...now].every(([name, count]) => last.get(name) === count);
      last = now;
      return isSame;
    },
    30_000,
  );
  return last;
}

/** Waits until a gateway holds no more than it did, and tells what is left over when it does not come to that. */
export async function leftOver(
  gateway: GatewayProcess,
  before: Holdings,
  {
    allowed = 0,
    closeIdle,
    withinMs = 10_000,
  }: { readonly allowed?: number; readonly closeIdle: () => void; readonly withinMs?: number },
): Promise<string> {
  let over: string[] = [];
  const isClean = async () => {
    closeIdle();
    over = ['its metrics are not to be had'];
    over = [...(await readHoldings(gateway))]
      .filter(([name, count]) => count > (before.get(name) ?? 0) + allowed)
      .map(([name, count]) => `${name}: ${before.get(name) ?? 0} before, ${count} now`);
    return over.length === 0;
  };
  await until('nothing is left over', isClean, withinMs).catch(() => {});
  return over.length === 0 ? 'nothing' : over.join('; ');
}

/**
 * Closes connections that carry no request at a server of this process: a gateway keeps them, and rightly, for reuse.
 * Among them are those that have never carried one: undici opens one after an upload that it was told to drop.
 */
export function createIdleCloser(serverUrl: string): { close(): void } & Disposable {
  const port = Number(new URL(serverUrl).port);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const onStart = (message: unknown) => {
    const found = message as { server: Server; request: IncomingMessage };
    if (found.request.socket.localPort === port) server = found.server;
  };
  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    if (socket.localPort !== port) return;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  subscribe('http.server.request.start', onStart);
  subscribe('net.server.socket', onSocket);
  return {
    close() {
      server?.closeIdleConnections();
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    },
    [Symbol.dispose]() {
      unsubscribe('http.server.request.start', onStart);
      unsubscribe('net.server.socket', onSocket);
    },
  };
}
