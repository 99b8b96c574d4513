import type { IncomingMessage } from 'node:http';
import { CloseCode, makeServer, type ServerOptions } from 'graphql-ws';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Log } from '../../log.ts';
import { createOperationIds, type OperationIds } from './operation-ids.ts';

/** What the hooks of the protocol find as `extra` in their context. */
export interface SocketExtra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
}

/** The protocol's hooks, and its bounds. */
export interface SpeakGraphQLWSOptions {
  readonly protocol: ServerOptions<Record<string, unknown>, SocketExtra>;
  /** Time between two pings; a client that has not answered by then is cut. */
  readonly keepAliveMs: number;
  /** Called for each operation that its client has given up, and which may not be over yet. Default: not called. */
  readonly giveUp?: (socket: WebSocket, id: string) => void;
  readonly log: Pick<Log, 'error'>;
  /** How much may wait for a client before its messages are no longer read. Default 1 MiB. */
  readonly maxWaitingBytes?: number;
}

/**
 * Speaks `graphql-transport-ws` on each connection of a WebSocket server. Instead of the adapter that
 * graphql-ws has: that one goes on answering a client that takes no answers, and writes a stack trace to
 * stderr for a client's mistakes.
 */
export function speakGraphQLWS(sockets: WebSocketServer, options: SpeakGraphQLWSOptions): void {
  const { protocol, keepAliveMs, giveUp = () => {}, log, maxWaitingBytes = 1024 * 1024 } = options;
  const begun = new WeakSet<WebSocket>();
  const server = makeServer<Record<string, unknown>, SocketExtra>({
    ...protocol,
    onConnect(context) {
      begun.add(context.extra.socket);
      return protocol.onConnect?.(context);
    },
  });

  function hear(socket: WebSocket, ids: OperationIds, take: Take, data: Buffer): void {
    // A client has half a minute to answer a close, and may go on talking: nobody would get the answers.
    if (socket.readyState !== socket.OPEN) return;
    if (!begun.has(socket) && data.length > maxInitBytes) {
      return void socket.close(CloseCode.BadRequest, 'Invalid message received');
    }
    const heard = ids.heard(String(data));
    if (!heard) return;
    // graphql-ws parses a text, and takes anything else as it is. A deeply nested message written out
    // again would overflow the stack.
    const taken = take(heard.message as string);
    // At once: the next message may need its place.
    if (heard.givenUp !== undefined) giveUp(socket, heard.givenUp);
    taken.catch((error: Error) => {
      // graphql-ws throws a client's mistakes without a code. The RangeError comes from a ping that
      // is nested too deeply to be written back.
      const isClients =
        error.message.startsWith('Unexpected message of type ') || error instanceof RangeError;
      if (isClients) return socket.close(CloseCode.BadRequest, 'Invalid message received');
      log.error({ err: error }, 'a message on a WebSocket could not be handled');
      socket.close(CloseCode.InternalServerError, 'Internal server error');
    });
  }

  sockets.on('connection', (socket, request) => {
    // ws itself closes the connection after a broken frame.
    socket.on('error', () => {});
    const stopPinging = keepAlive(socket, keepAliveMs);
    const ids = createOperationIds((code, reason) => socket.close(code, reason));
    const closed = server.opened(
      {
        protocol: socket.protocol,
        async send(text) {
          const told = ids.said(text);
          if (told !== undefined) await send(socket, told, maxWaitingBytes);
        },
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) => socket.on('message', (data: Buffer) => hear(socket, ids, take, data)),
      },
      { socket, request },
    );
    // ws reports a close only when the connection is gone, for which a client may take half a minute. ws
    // itself calls this, too, to answer a client's close.
    const close = socket.close.bind(socket);
    socket.close = (code, reason) => {
      close(code, reason);
      void closed(code ?? noCode, String(reason ?? ''));
    };
    socket.once('close', (code, reason) => {
      stopPinging();
      void closed(code, String(reason));
    });
  });
}

/** As graphql-ws takes a message; it rejects with what went wrong. */
type Take = (message: string) => Promise<void>;

/** RFC 6455, 7.1.5: no code was given. */
const noCode = 1005;

/** The parameters of a connection are kept for as long as it lasts. A token may have 16 KiB. */
const maxInitBytes = 64 * 1024;

/** Resolves even when the client is gone: its `close` event tells that. */
function send(socket: WebSocket, text: string, maxWaitingBytes: number): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    socket.send(text, () => {
      if (socket.isPaused && socket.bufferedAmount <= maxWaitingBytes) socket.resume();
      resolve();
    });
    // Each message may cause another answer: a client that does not take its answers is not heard.
    if (socket.bufferedAmount > maxWaitingBytes) socket.pause();
  });
}

function keepAlive(socket: WebSocket, keepAliveMs: number): () => void {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, keepAliveMs);
  return () => clearInterval(timer);
}
