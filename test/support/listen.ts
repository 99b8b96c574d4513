import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

/** Where a server listens. Disposing closes it, and cuts its connections where it is one of HTTP. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
  /** With the port. */
  readonly host: string;
}

/** Lets a server listen on a free port of this machine. */
export async function listen(
  server: Server & { readonly closeAllConnections?: () => void },
): Promise<Listening> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    host: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections?.();
      server.close();
      await once(server, 'close');
    },
  };
}
