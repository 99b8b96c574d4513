import { setMaxListeners } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { callerToken, type LookUp } from '../caller-token.ts';
import { GatewayError, httpStatusOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { BeginOperation } from '../observe/operation-record.ts';
import { requestIdHeader } from '../observe/request-id.ts';
import { apiHeaders } from './answer/api-headers.ts';
import { corsHeaders } from './answer/cors-headers.ts';
import { capPipelining } from './connection/cap-pipelining.ts';
import { closeWithConnection } from './connection/close-with-connection.ts';
import { cutSlowReader } from './connection/cut-slow-reader.ts';
import { lingerAfterAnswer } from './connection/linger-after-answer.ts';
import { paceConnection } from './connection/pace-connection.ts';
import type { WorkInHand } from './connection/work-in-hand.ts';
import type { Explorer } from './explorer/create-explorer.ts';
import { isAllowedHost } from './request/is-allowed-host.ts';
import { mediaTypeOf } from './request/media-type-of.ts';
import { readAccept } from './request/read-accept.ts';
import { requestPath } from './request/request-path.ts';
import type { GraphQLRequest } from './request/server-context.ts';

/** What answers the paths of the gateway. */
export interface RequestListenerOptions {
  /** Answers `/graphql`. Never rejects. */
  readonly graphql: (req: IncomingMessage, res: ServerResponse, context: GraphQLRequest) => unknown;
  readonly beginOperation: BeginOperation;
  readonly work: WorkInHand;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** `undefined`: there is no explorer page. */
  readonly explorer?: Explorer | undefined;
  /** Origins whose pages may use the API. */
  readonly corsOrigins: readonly string[];
  /** Host names as a URL spells them, without ports. Empty: every host is served. */
  readonly allowedHosts: readonly string[];
  /** How long a client may leave its answer untaken. */
  readonly idleTimeoutMs: number;
  readonly log: Pick<Log, 'error'>;
}

/** Answers every request: the paths of the operator's contract, and the explorer page. */
export function createRequestListener(options: RequestListenerOptions): RequestListener {
  const { graphql, beginOperation, work, metrics, explorer, corsOrigins, allowedHosts, idleTimeoutMs, log } =
    options;

  return (req, res) => {
    if (capPipelining(req, res)) return;
    closeWithConnection(req, res);
    lingerAfterAnswer(req, res);
    cutSlowReader(req, res, idleTimeoutMs);
    for (const [name, value] of ownHeaders) res.setHeader(name, value);
    // An error of the socket while we write is the client's problem.
    res.on('error', () => {});
    // Node decodes `chunked` only: another coding before it would be read as if there were none. A coding
    // that does not end in `chunked` is no request at all (RFC 9112, 6.3), and Node itself says so.
    if (/,\s*chunked$/i.test(req.headers['transfer-encoding'] ?? '')) {
      res.setHeader('connection', 'close');
      return refuse(res, new GatewayError('NOT_IMPLEMENTED', unknownCoding));
    }
    const path = requestPath(req);
    if (path === undefined) return refuse(res, new GatewayError('BAD_REQUEST', malformedTarget));
    // Before the check of the host: probes come by address, and hold nothing that a page could use.
    if (probes.has(path)) return serveProbe(req, res, path);
    if (!isAllowedHost(req.headers, allowedHosts)) {
      return refuse(
        res,
        new GatewayError('MISDIRECTED', 'This host name is not served here: see ALLOWED_HOSTS.'),
      );
    }
    if (explorer?.(req, res, path)) return work.add(res);
    if (path === '/graphql') return serveGraphQL(req, res);
    return refuse(res, new GatewayError('NOT_FOUND', 'There is nothing here. The API is at /graphql.'));
  };

  function serveProbe({ method }: IncomingMessage, res: ServerResponse, path: string) {
    if (method !== 'GET' && method !== 'HEAD') {
      res.setHeader('allow', 'GET, HEAD');
      return answer(res, 405, 'text/plain', 'only GET and HEAD\n');
    }
    if (path === '/healthz') return answer(res, 200, 'text/plain', 'ok\n');
    if (path === '/readyz') {
      return work.isAccepting()
        ? answer(res, 200, 'text/plain', 'ready\n')
        : answer(res, 503, 'text/plain', 'draining\n');
    }
    metrics().then(
      ({ contentType, text }) => answer(res, 200, contentType, text),
      (error: unknown) => {
        log.error({ err: error }, 'the metrics could not be collected');
        refuse(res, new GatewayError('INTERNAL_SERVER_ERROR', 'The metrics could not be collected.'));
      },
    );
  }

  function serveGraphQL(req: IncomingMessage, res: ServerResponse) {
    const lookUp: LookUp = (name) => req.headers[name]?.toString();
    const record = beginOperation(lookUp);
    res.setHeader(requestIdHeader, record.requestId);
    for (const [name, value] of Object.entries(corsHeaders(req, corsOrigins))) res.setHeader(name, value);
    // A preflight asks for nothing yet, also at shutdown: the request after it can be told more.
    if (req.method === 'OPTIONS') return res.writeHead(204, { allow: 'GET, POST' }).end();
    res.once('close', () => record.end(!res.writableFinished));
    if (mediaTypeOf(req.headers['content-type']) === 'multipart/form-data') record.bringsFile();
    const accept = readAccept(req.headers.accept);
    const refusal = refusalOf(req, accept);
    if (refusal) {
      record.failed(refusal.code);
      if (refusal.code === 'SHUTTING_DOWN') res.setHeader('connection', 'close');
      return refuse(res, refusal);
    }
    req.headers.accept = accept ?? '';
    const end = new AbortController();
    // Each series that an operation reads listens; Node would take more than ten listeners for a leak.
    setMaxListeners(0, end.signal);
    res.once('close', () => {
      if (!res.writableFinished) end.abort();
    });
    work.add(res, () => end.abort(new GatewayError('SHUTTING_DOWN', cutOff)));
    const context = { signal: end.signal, token: callerToken(lookUp), record };
    void paceConnection(req.socket).then(() => res.destroyed || graphql(req, res, context));
  }

  /** Decided before anything is executed: a mutation whose result cannot be delivered would be in vain. */
  function refusalOf({ headers }: IncomingMessage, accept: string | undefined): GatewayError | undefined {
    if (!work.isAccepting()) return new GatewayError('SHUTTING_DOWN', shuttingDown);
    // What asks for a WebSocket does not come here.
    if (headers['sec-websocket-key'] !== undefined) return new GatewayError('BAD_REQUEST', noUpgrade);
    return accept === undefined ? new GatewayError('NOT_ACCEPTABLE', notAcceptable) : undefined;
  }
}

// `vary` also where no origin is let in: a cache must not give one origin the answer for another.
const ownHeaders = Object.entries({ ...apiHeaders, vary: 'Origin' });
const probes = new Set(['/healthz', '/readyz', '/metrics']);
const unknownCoding = 'Send the body as it is, or in chunks: no other transfer coding is known here.';
const malformedTarget = 'The request target or the Host header is malformed.';
const shuttingDown = 'This instance is shutting down. Send the request again.';
const cutOff = 'This instance shuts down, and the time that it gives to what still runs is over.';
const noUpgrade =
  'This is the handshake of a WebSocket without its Upgrade header. A proxy in front of the gateway must pass on Upgrade and Connection.';
const notAcceptable = 'Accept application/graphql-response+json, application/json or text/event-stream.';

function refuse(res: ServerResponse, { code, message }: GatewayError): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  answer(res, httpStatusOf(code) ?? 500, 'application/json; charset=utf-8', body);
}

function answer(res: ServerResponse, status: number, contentType: string, body: string): void {
  res.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }).end(body);
}
