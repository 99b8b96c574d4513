import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionResult, FormattedExecutionResult, GraphQLError } from 'graphql';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { callerToken, type LookUp } from '../caller-token.ts';
import { GatewayError, toPublicError } from '../errors.ts';
import type { BeginOperation, OperationRecord } from '../observe/operation-record.ts';
import { apiHeaderLines } from './api-headers.ts';
import { holdsMoreValues } from './count-values.ts';
import type { GraphQLHandler } from './create-graphql-handler.ts';
import { ignoreUpgrade, isWebSocketUpgrade } from './ignore-upgrade.ts';
import { createOperations } from './operations.ts';
import { parseUrl } from './parse-url.ts';
import type { PersistedDocuments } from './persisted-documents.ts';
import { requestPath } from './request-path.ts';
import { type SpeakGraphQLWSOptions, speakGraphQLWS } from './speak-graphql-ws.ts';
import { takeTurn } from './take-turn.ts';
import { toldError } from './told-error.ts';
import { tooManyExtensions } from './use-request-reading.ts';
import type { WorkInHand } from './work-in-hand.ts';

export interface WebSocketOptions {
  readonly server: Server;
  readonly graphql: GraphQLHandler;
  readonly beginOperation: BeginOperation;
  /** The text of an operation, which may be named by its id. */
  readonly queryOf: PersistedDocuments['queryOf'];
  readonly work: Pick<WorkInHand, 'isTaken'>;
  /** Origins other than our own from which pages may connect. */
  readonly corsOrigins: readonly string[];
  readonly log: SpeakGraphQLWSOptions['log'];
  /** Pings keep proxies from cutting. Default 12,000. */
  readonly keepAliveMs?: number;
}

/**
 * Serves the `graphql-transport-ws` protocol on `/graphql`, through the same envelope as HTTP: parsing, limits,
 * validation, context and errors are one. Credentials come from `connectionParams`, else from the upgrade's headers.
 * The function returned lets the operations that are ending end, then closes the sockets, within two seconds.
 */
export function serveWebSocket(options: WebSocketOptions): () => Promise<void> {
  const { server, graphql, beginOperation, queryOf, work, corsOrigins, log, keepAliveMs = 12_000 } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024, handleProtocols });
  const operations = createOperations();

  speakGraphQLWS(sockets, {
    keepAliveMs,
    log,
    giveUp: (socket, id) => operations.giveUp(socket, id),
    protocol: {
      connectionInitWaitTimeout: 5_000,
      async onSubscribe({ connectionParams, extra }, id, payload) {
        const parameter = parameters(connectionParams);
        const header = headers(extra.request);
        const record = beginOperation((name) => parameter(name) ?? header(name));
        const signal = operations.begin(extra.socket, id, record);
        const refused = (errors: readonly GraphQLError[]) => {
          const told = errors.map((error) => toldError(error, record));
          // Not left to `onError`, which is not called when the client has given the operation up meanwhile.
          operations.end(extra.socket, id);
          return told;
        };
        if (operations.count(extra.socket) > maxOperations) return refused([tooMany()]);
        if (holdsMoreValues(payload.extensions)) return refused([toPublicError(tooManyExtensions())]);
        await takeTurn(extra.socket);
        try {
          const token = callerToken(parameter) ?? callerToken(header);
          const context = { req: extra.request, token, signal, record };
          const query = queryOf(payload);
          const enveloped = graphql.getEnveloped({ ...context, request, params: { ...payload, query } });
          const { schema, parse, validate, contextFactory, execute, subscribe } = enveloped;
          const document = parse(query);
          const errors = validate(schema, document);
          if (errors.length > 0) return refused(errors);
          const { operationName, variables: variableValues } = payload;
          const contextValue = await contextFactory();
          // Where the two functions below find the enveloped ones of this operation.
          const rootValue = { execute, subscribe, record };
          return { schema, document, operationName, variableValues, contextValue, rootValue };
        } catch (error) {
          // Thrown on, it would close the socket, and all that runs on it.
          return refused([toPublicError(error)]);
        }
      },
      async execute(args) {
        const { execute, record } = args.rootValue as Enveloped;
        const result = await execute(args);
        // Here and not when it is sent, which does not come to pass when the client has gone.
        return result.errors
          ? { ...result, errors: result.errors.map((error) => toldError(error, record)) }
          : result;
      },
      subscribe: (args) => (args.rootValue as Enveloped).subscribe(args),
      onNext(_ctx, _id, _payload, { rootValue }, result) {
        const { record } = rootValue as Enveloped;
        const errors = result.errors?.map((error) => toldError(error, record).toJSON());
        return errors && ({ ...result, errors } as FormattedExecutionResult);
      },
      onError({ extra }, id, _payload, errors) {
        const record = operations.recordOf(extra.socket, id);
        const told = record ? errors.map((error) => toldError(error, record)) : errors;
        // An operation that never ran is not completed either.
        operations.end(extra.socket, id);
        return told.map((error) => error.toJSON());
      },
      onComplete: ({ extra }, id) => operations.end(extra.socket, id),
      onClose: ({ extra }) => operations.endAll(extra.socket),
    },
  });

  const onUpgrade = (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!isWebSocketUpgrade(req)) return ignoreUpgrade(server, req, socket, head);
    // Until the handshake is done a broken socket has no other listener.
    const onError = () => socket.destroy();
    socket.on('error', onError);
    const refusal = refuse(req);
    if (refusal) return refuseUpgrade(socket, refusal);
    sockets.handleUpgrade(req, socket, head, (client) => {
      socket.off('error', onError);
      sockets.emit('connection', client, req);
    });
  };
  server.on('upgrade', onUpgrade);
  // ws would answer a handshake that it cannot read in HTML.
  sockets.on('wsClientError', (_, socket) => refuseUpgrade(socket, badRequest));

  function refuse(req: IncomingMessage): string | undefined {
    const path = requestPath(req);
    if (path === undefined) return badRequest;
    if (path !== '/graphql') return '404 Not Found';
    if (!work.isTaken()) return '503 Service Unavailable';
    const { origin, host } = req.headers;
    // Browsers let any page open a WebSocket to anywhere: the server must look who asks.
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

/** At once on one socket. */
const maxOperations = 500;

function tooMany(): GraphQLError {
  const message = `${maxOperations} operations run on this WebSocket, which is all that may at once.`;
  return toPublicError(new GatewayError('RATE_LIMITED', message, { extensions: { retryAfterSeconds: 5 } }));
}

const badRequest = '400 Bad Request';

function refuseUpgrade(socket: Duplex, status: string): void {
  const head = [`HTTP/1.1 ${status}`, 'Connection: close', 'Content-Length: 0', ...apiHeaderLines];
  // Node ends its side alone: a client that keeps the other one open would have the descriptor for good.
  socket.end(`${head.join('\r\n')}\r\n\r\n`, () => socket.destroy());
}

/** For Yoga, which gives the errors of a document their codes only where it sees a request. */
const request = { method: 'POST' };

interface Enveloped {
  readonly execute: (args: unknown) => ExecutionResult | Promise<ExecutionResult>;
  readonly subscribe: (args: unknown) => never;
  readonly record: OperationRecord;
}

function headers({ headers }: IncomingMessage): LookUp {
  return (name) => headers[name]?.toString();
}

/** `connectionParams` come as the client wrote them: header names in any case. */
function parameters(params: Readonly<Record<string, unknown>> | undefined): LookUp {
  const byName = new Map(Object.entries(params ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = byName.get(name);
    return typeof value === 'string' ? value : undefined;
  };
}
