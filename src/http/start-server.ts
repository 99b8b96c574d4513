import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Log } from '../log.ts';
import { answerBrokenRequests } from './connection/answer-broken-requests.ts';
import { answerHalfClosed } from './connection/answer-half-closed.ts';
import { continueWhenRead } from './connection/continue-when-read.ts';
import { createWorkInHand } from './connection/work-in-hand.ts';
import type { GraphQLHandler } from './create-graphql-handler.ts';
import { createRequestListener, type RequestListenerOptions } from './create-request-listener.ts';
import { createSendResponse } from './send-response.ts';
import { mayHandOver } from './web-socket/may-hand-over.ts';
import { serveWebSocket, type WebSocketOptions } from './web-socket/serve-web-socket.ts';

/** Where to listen, and what answers there. */
export interface ServerOptions
  extends Omit<RequestListenerOptions, 'graphql' | 'work' | 'log'>,
    Omit<WebSocketOptions, 'server' | 'work' | 'log'> {
  readonly graphql: GraphQLHandler;
  readonly port: number;
  readonly host: string;
  readonly log: Pick<Log, 'error'>;
}

/** The running server: HTTP, and WebSocket on the same port. */
export interface RunningServer {
  /** `http://host:port` */
  readonly origin: string;
  /**
   * Takes no new work, gives what runs up to `drainMs` to finish, and cuts the rest: that is answered with
   * `SHUTTING_DOWN`, and has one second for it and another in which its client may take the answer. When this resolves,
   * what was cut has given up its threads and its calls, or has had one more second to do so. To be called once.
   */
  close(drainMs: number): Promise<void>;
}

const graceMs = 1_000;

/**
 * Listens when the promise resolves; rejects with Node's error when the address cannot be had, and then
 * nothing is left behind.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { port, host, graphql, log } = options;
  const work = createWorkInHand();
  const server = createServer(
    // Node's own limit on a whole request would cut slow uploads with a bare 408: each body has a watch of its own.
    {
      ...{ requestTimeout: 0, headersTimeout: 20_000, keepAliveTimeout: 65_000 },
      // By default Node looks every 30 s, which would make 20 s up to 50.
      connectionsCheckingInterval: 1_000,
      // Node would answer a request without a `Host` in its own words: the listener refuses it.
      requireHostHeader: false,
      // Neither Node 20 nor its types know this option yet.
      ...{ shouldUpgradeCallback: mayHandOver },
    },
    createRequestListener({ ...options, work, graphql: createSendResponse(graphql, log) }),
  );
  answerBrokenRequests(server);
  answerHalfClosed(server);
  continueWhenRead(server);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    // Told again for each upgrade that is passed over.
    if (sockets.has(socket)) return;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const closeWebSockets = serveWebSocket({ ...options, server, work });

  /** As `closeAllConnections`, which knows none that Node has handed over with an upgrade. */
  function destroySockets(): void {
    for (const socket of sockets) socket.destroy();
  }

  async function close(drainMs: number): Promise<void> {
    work.stopAccepting();
    await closeWebSockets();
    // Still listening meanwhile: a probe must get a 503, not a refused connection.
    const isDone = await work.done(drainMs);
    work.cut();
    await work.done(graceMs);
    const closed = once(server, 'close');
    server.close();
    // A reset would take the answer away from a client that is still sending.
    const timer = setTimeout(destroySockets, isDone ? 0 : graceMs);
    await closed;
    clearTimeout(timer);
    // The server closes before its connections report it: what they cut off then gives up its thread and its calls.
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
