import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { token } from '../support/graphql-client.ts';
import type { SoakWorld } from './soak-world.ts';

const query = 'subscription ($ids: [ID!]!) { uploadJobUpdated(ids: $ids) { id status isTerminal } }';

/** One watcher of a few jobs: to their end, or until it goes away, over SSE or WebSocket, reading or not. */
export async function soakWatch(world: SoakWorld): Promise<void> {
  const { dice, jobIds, signal, count } = world;
  if (jobIds.length === 0) return sleep(100, undefined, { signal }).catch(() => {});
  const ids = Array.from({ length: 1 + dice.roll(4) }, () => dice.pick(jobIds));
  const gone = new AbortController();
  const timer = setTimeout(() => gone.abort(), 100 + dice.roll(6_000));
  const [name, watch] = dice.pick([
    ['watch over SSE', overSse],
    ['watch over WebSocket', overWebSocket],
  ] as const);
  try {
    count(name, await watch(world, ids, gone.signal));
  } finally {
    clearTimeout(timer);
  }
}

function overSse({ url, dice }: SoakWorld, ids: readonly string[], leave: AbortSignal): Promise<string> {
  const target = new URL(url);
  target.searchParams.set('query', query);
  target.searchParams.set('variables', JSON.stringify({ ids }));
  const headers = { accept: 'text/event-stream', 'x-cap-api-oauth-token': token };
  const reads = dice.isIn(80);
  return new Promise((resolve) => {
    const request = get(target, { agent: false, headers }, (response) => {
      response.on('error', () => {}).once('end', () => resolve('to the end'));
      if (reads) response.resume();
    });
    request.on('error', () => resolve('broken'));
    leave.addEventListener(
      'abort',
      () => {
        resolve('left');
        request.destroy();
      },
      { once: true },
    );
  });
}

function overWebSocket({ url }: SoakWorld, ids: readonly string[], leave: AbortSignal): Promise<string> {
  let socket: WebSocket | undefined;
  const client = createClient({
    ...{ url: url.replace('http', 'ws'), retryAttempts: 0, lazy: true },
    connectionParams: { 'x-cap-api-oauth-token': token },
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols);
        socket = this;
      }
    },
  });
  return new Promise<string>((resolve) => {
    leave.addEventListener(
      'abort',
      () => {
        socket?.terminate();
        resolve('left');
      },
      { once: true },
    );
    client.subscribe(
      { query, variables: { ids } },
      {
        next: () => {},
        complete: () => resolve('to the end'),
        error: () => resolve(leave.aborted ? 'left' : 'refused'),
      },
    );
  }).finally(() => {
    socket?.terminate();
    // Rejects when the connection never came about.
    Promise.resolve(client.dispose()).catch(() => {});
  });
}
