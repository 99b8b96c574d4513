import { connect, createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

export interface CuttingProxy extends AsyncDisposable {
  /** Stands for the gateway's. */
  readonly url: string;
  /** Answers that were lost. */
  cut(): number;
}

/** A network in front of a server that loses the first `answers`: the connection breaks in the moment they come. */
export async function startCuttingProxy(target: string, answers = 1): Promise<CuttingProxy> {
  const { hostname, port, pathname } = new URL(target);
  const sockets = new Set<Socket>();
  let lost = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket.on('error', () => {}));
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (bytes) => {
      if (lost === answers) return void client.write(bytes);
      lost += 1;
      client.resetAndDestroy();
    });
  });
  const listening = await listen(server);
  return {
    url: `http://${listening.host}${pathname}`,
    cut: () => lost,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await listening[Symbol.asyncDispose]();
    },
  };
}
