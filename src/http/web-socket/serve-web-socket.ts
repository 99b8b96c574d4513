import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { apiHeaderLines } from '../answer/api-headers.ts';
import { afterAnswers } from '../connection/after-answers.ts';
import type { WorkInHand } from '../connection/work-in-hand.ts';
import { isAllowedHost } from '../request/is-allowed-host.ts';
import { parseUrl } from '../request/parse-url.ts';
import { requestPath } from '../request/request-path.ts';
import { ignoreUpgrade } from './ignore-upgrade.ts';
import { createRunningOperations } from './running-operations.ts';
import { type SpeakGraphQLWSOptions, speakGraphQLWS } from './speak-graphql-ws.ts';
import { type WebSocketProtocolOptions, webSocketProtocol } from './web-socket-protocol.ts';

/** What WebSockets are served on, and to whom. */
export interface WebSocketOptions extends Omit<WebSocketProtocolOptions, 'operations'> {
  readonly server: Server;
  readonly work: Pick<WorkInHand, 'isAccepting'>;
  /** Origins other than our own from which pages may connect. */
  readonly corsOrigins: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly log: SpeakGraphQLWSOptions['log'];
  /** Time between pings, which keep proxies from cutting. Default 12,000. */
  readonly keepAliveMs?: number;
}

/**
 * Serves the `graphql-transport-ws` protocol on `/graphql`, to our own pages and those of the listed origins.
 * The function returned lets operations that are ending end, then closes the sockets, all within two seconds.
 */
export function serveWebSocket(options: WebSocketOptions): () => Promise<void> {
  const {
    server,
    graphql,
    beginOperation,
    queryOf,
    work,
    corsOrigins,
    allowedHosts,
    log,
    keepAliveMs = 12_000,
  } = options;
  const sockets = new WebSocketServer({
    ...{ noServer: true, maxPayload: 1024 * 1024, handleProtocols },
    // Each is kept in a buffer of its own until the message is whole: one of a single byte takes a hundred.
    maxFragments: 1_000,
  });
  const operations = createRunningOperations();

  speakGraphQLWS(sockets, {
    keepAliveMs,
    log,
    giveUp: (socket, id) => operations.giveUp(socket, id),
    protocol: webSocketProtocol({ graphql, beginOperation, queryOf, operations }),
  });

  const onUpgrade = (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Closed along with the answer before.
    if (!socket.writable) return;
    if (req.headers.upgrade?.toLowerCase() !== 'websocket') return ignoreUpgrade(server, req, socket, head);
    const refusal = refuse(req);
    if (refusal) return refuseUpgrade(socket, refusal);
    sockets.handleUpgrade(req, socket, head, (client) => sockets.emit('connection', client, req));
  };
  server.on('upgrade', (req, socket, head) => {
    // From here on Node does not listen to its errors, and one may come after the last answer was written. Once only: one
    // connection may offer thousands of upgrades.
    socket.off('error', ignoreError).on('error', ignoreError);
    // Node does not wait. It would take the answers of two parsers in one stream for a bug of its own, and end the process.
    afterAnswers(socket, () => onUpgrade(req, socket, head));
  });
  // ws would answer a handshake that it cannot read in HTML.
  sockets.on('wsClientError', (_, socket) => refuseUpgrade(socket, badRequest));

  function refuse(req: IncomingMessage): string | undefined {
    const path = requestPath(req);
    if (path === undefined) return badRequest;
    if (!isAllowedHost(req.headers, allowedHosts)) return '421 Misdirected Request';
    if (path !== '/graphql') return '404 Not Found';
    if (!work.isAccepting()) return '503 Service Unavailable';
    const { origin, host } = req.headers;
    // Browsers let any page open a WebSocket to anywhere: so the server must check the origin.
    if (origin === undefined || corsOrigins.includes(origin)) return undefined;
    return parseUrl(origin)?.host === host ? undefined : '403 Forbidden';
  }

  return async () => {
    await operations.idle(1_000);
    for (const client of sockets.clients) client.close(1001, 'Going away');
    const timer = setTimeout(() => {
      for (const client of sockets.clients) client.terminate();
    }, 1_000);
    await new Promise<void>((resolve) => sockets.close(() => resolve()));
    clearTimeout(timer);
  };
}

const badRequest = '400 Bad Request';
const ignoreError = () => {};

function refuseUpgrade(socket: Duplex, status: string): void {
  const head = [`HTTP/1.1 ${status}`, 'Connection: close', 'Content-Length: 0', ...apiHeaderLines];
  // Node ends only its own side: a client that keeps the other side open would hold the descriptor for good.
  socket.end(`${head.join('\r\n')}\r\n\r\n`, () => socket.destroy());
}
