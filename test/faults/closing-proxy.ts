import { connect, createServer, type Socket } from 'node:net';
import { listen } from '../support/listen.ts';

export interface ClosingProxy extends AsyncDisposable {
  /** Stands for Capillary's. */
  readonly url: string;
  /** How many uploads came: their heads, whatever became of them. */
  uploads(): number;
  /** Closes the connection of the next upload that comes over one that was used before, and passes nothing of it on. */
  closeAtNextUpload(): void;
  /** Closes all connections: nothing may be on its way over them. */
  closeAll(): void;
}

/** A network in front of Capillary that closes connections when it is told to. */
export async function startClosingProxy(targetUrl: string): Promise<ClosingProxy> {
  const { hostname, port } = new URL(targetUrl);
  const clients = new Set<Socket>();
  let uploads = 0;
  let isClosing = false;
  const server = createServer((client) => {
    const target = connect(Number(port), hostname);
    let requests = 0;
    clients.add(client.once('close', () => clients.delete(client)));
    client.on('error', () => {}).once('close', () => target.destroy());
    target.on('error', () => {}).once('close', () => client.destroy());
    target.on('data', (bytes) => client.write(bytes));
    client.on('data', (bytes: Buffer) => {
      const method = /^(?:GET|POST) /.exec(bytes.toString('latin1', 0, 5))?.[0];
      if (method) requests += 1;
      if (method === 'POST ') uploads += 1;
      if (!isClosing || method !== 'POST ' || requests === 1) return void target.write(bytes);
      isClosing = false;
      client.destroy();
    });
  });
  const listening = await listen(server);
  const closeAll = () => {
    for (const client of clients) client.destroy();
  };
  return {
    url: `http://${listening.host}`,
    uploads: () => uploads,
    closeAtNextUpload() {
      isClosing = true;
    },
    closeAll,
    async [Symbol.asyncDispose]() {
      closeAll();
      await listening[Symbol.asyncDispose]();
    },
  };
}
