import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface WatchOptions {
  readonly url: string;
  readonly token: string;
  readonly series: readonly number[];
  readonly count: number;
}

export interface WatchClients {
  /** Resolves, when all of them have been told this status, with the time of the last, by `Date.now()`. */
  told(status: string): Promise<number>;
  close(): void;
}

const document =
  'subscription ($ids: [ID!]!) { uploadJobUpdated(ids: $ids) { id status upstreamStatus isTerminal } }';
const connectingAtOnce = 100;

/** So many SSE watchers on a socket each, all open when this resolves. Cheap: they look for a status, and parse nothing. */
export async function watchOverSse({ url, token, series, count }: WatchOptions): Promise<WatchClients> {
  const { hostname, port, pathname } = new URL(url);
  const ids = series.map((number) => `COUPON_BATCH:${number}:${number}`);
  const body = JSON.stringify({ query: document, variables: { ids } });
  const request = [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    'Accept: text/event-stream',
    'Content-Type: application/json',
    `X-Cap-Api-Oauth-Token: ${token}`,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
  const sockets: Socket[] = [];
  let look: ((chunk: Buffer) => void) | undefined;

  async function open(): Promise<void> {
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.write(request);
    const [head] = (await once(socket, 'data')) as [Buffer];
    if (!head.includes('200 OK')) throw new Error(`A watcher was refused: ${head.toString()}`);
    socket.on('data', (chunk: Buffer) => look?.(chunk));
  }

  for (let opened = 0; opened < count; opened += connectingAtOnce) {
    await Promise.all(Array.from({ length: Math.min(connectingAtOnce, count - opened) }, open));
  }
  return {
    told(status) {
      let left = count;
      return new Promise((resolve) => {
        look = (chunk) => {
          if (chunk.includes(`"upstreamStatus":"${status}"`)) left -= 1;
          if (left === 0) resolve(Date.now());
        };
      });
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
