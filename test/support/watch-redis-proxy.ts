import { connect, createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** A way to Redis that can be blocked for who uses it, and for nobody else. */
export interface RedisProxy extends AsyncDisposable {
  readonly url: string;
  /** Lets no byte pass any more, in neither direction, and says nothing. */
  hang(): void;
  /** Resets the connections and refuses new ones. */
  cut(): void;
  heal(): void;
}

export async function startRedisProxy(targetUrl: string): Promise<RedisProxy> {
  const target = Number(new URL(targetUrl).port);
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: 'open' | 'hung' | 'cut' = 'open';
  const server = createServer((client) => {
    client.on('error', () => {});
    if (state === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1').on('error', () => client.destroy());
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client]] as const) {
      from.on('data', (bytes) => to.write(bytes));
      from.on('close', () => {
        pairs.delete(pair);
        to.destroy();
      });
      if (state === 'hung') from.pause();
    }
  });
  const listening = await listen(server);
  const drop = () => {
    for (const [client] of pairs) client.destroy();
  };
  return {
    url: `redis://${listening.host}`,
    hang() {
      state = 'hung';
      for (const socket of [...pairs].flat()) socket.pause();
    },
    cut() {
      state = 'cut';
      drop();
    },
    heal() {
      state = 'open';
      for (const socket of [...pairs].flat()) socket.resume();
    },
    async [Symbol.asyncDispose]() {
      drop();
      await listening[Symbol.asyncDispose]();
    },
  };
}
