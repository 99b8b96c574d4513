import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { answerBrokenRequests } from './answer-broken-requests.ts';
import { answerHalfClosed } from './answer-half-closed.ts';
import { continueWhenRead } from './continue-when-read.ts';
import { createRequestListener, type RequestListenerOptions } from './create-request-listener.ts';
import { isWebSocketUpgrade } from './ignore-upgrade.ts';
import { answerWith } from './send-response.ts';
import { serveWebSocket, type WebSocketOptions } from './serve-web-socket.ts';
import { createWorkInHand } from './work-in-hand.ts';

export interface ServerOptions
  extends Omit<RequestListenerOptions, 'graphql' | 'work' | 'log'>,
    Omit<WebSocketOptions, 'server' | 'work' | 'log'> {
  readonly port: number;
  readonly host: string;
  readonly log: Logger;
}

/** All that listens: HTTP, and WebSocket on the same port. */
export interface RunningServer {
  /** `http://host:port` */
  readonly origin: string;
  /**
   * Takes no new work, lets what runs finish for at most `drainMs`, and cuts the rest: it is answered with
   * `SHUTTING_DOWN`, and has a second for that and another in which its client may take the answer. What was cut has given
   * up its threads and its calls when this resolves, or has had one more second for it. Once.
   */
  close(drainMs: number): Promise<void>;
}

const graceMs = 1_000;

/** Listens when the promise resolves; rejects with Node's error when the address cannot be had, and then nothing is left. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { port, host, graphql, log } = options;
  const work = createWorkInHand();
  const server = createServer(
    // Node's own limit on a whole request would cut slow uploads with a bare 408: each body has its own watch here.
    {
      ...{ requestTimeout: 0, headersTimeout: 20_000, keepAliveTimeout: 65_000 },
      // By itself Node looks every 30 s, and 20 would be up to 50.
      connectionsCheckingInterval: 1_000,
      // It would answer a request without one in its own words: the listener refuses it.
      requireHostHeader: false,
      // Node 20 does not know it yet, nor do its types.
      ...{ shouldUpgradeCallback: isWebSocketUpgrade },
    },
    createRequestListener({ ...options, work, graphql: answerWith(graphql, log) }),
  );
  answerBrokenRequests(server);
  answerHalfClosed(server);
  continueWhenRead(server);
  const closeWebSockets = serveWebSocket({ ...options, server, work });

  async function close(drainMs: number): Promise<void> {
    work.refuse();
    await closeWebSockets();
    // Still listening meanwhile: a probe must hear 503, and not a refused connection.
    const isDone = await work.done(drainMs);
    work.cut();
    await work.done(graceMs);
    const closed = once(server, 'close');
    server.close();
    // A reset would take the answer from a client that is still sending.
    const timer = setTimeout(() => server.closeAllConnections(), isDone ? 0 : graceMs);
    await closed;
    clearTimeout(timer);
    // The server is closed before its connections say so: what they cut off gives up its thread and its calls itself.
    await work.done(graceMs);
  }

  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    await closeWebSockets();
    throw error;
  }
  const { port: found } = server.address() as AddressInfo;
  return { origin: `http://${host.includes(':') ? `[${host}]` : host}:${found}`, close };
}
