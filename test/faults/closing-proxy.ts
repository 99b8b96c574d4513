import { connect, createServer, type Socket } from 'node:net';
import { listen } from '../support/listen.ts';

export interface ClosingProxy extends AsyncDisposable {
  /** Stands for Capillary's. */
  readonly url: string;
  /** How many uploads came: their heads, whatever became of them. */
  uploads(): number;
  /** Closes all connections: nothing may be on its way over them. */
  closeAll(): void;
  /** Drops whatever comes over the connections that are open now, as a router does that has forgotten them. */
  loseAll(): void;
}

/** A network in front of Capillary that closes or loses connections when it is told to. */
export async function startClosingProxy(targetUrl: string): Promise<ClosingProxy> {
  const { hostname, port } = new URL(targetUrl);
  const clients = new Set<Socket>();
  const lost = new Set<Socket>();
  let uploads = 0;
  const server = createServer((client) => {
    const target = connect(Number(port), hostname);
    clients.add(client.once('close', () => clients.delete(client)));
    client.on('error', () => {}).once('close', () => target.destroy());
    target.on('error', () => {}).once('close', () => client.destroy());
    target.on('data', (bytes) => client.write(bytes));
    client.on('data', (bytes: Buffer) => {
      if (bytes.toString('latin1', 0, 5) === 'POST ') uploads += 1;
      if (!lost.has(client)) target.write(bytes);
    });
  });
  const listening = await listen(server);
  const closeAll = () => {
    for (const client of clients) client.destroy();
  };
  return {
    url: `http://${listening.host}`,
    uploads: () => uploads,
    closeAll,
    loseAll() {
      for (const client of clients) lost.add(client);
    },
    async [Symbol.asyncDispose]() {
      closeAll();
      await listening[Symbol.asyncDispose]();
    },
  };
}
