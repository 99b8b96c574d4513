import { setMaxListeners } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { callerToken, type LookUp } from '../caller-token.ts';
import { GatewayError, httpStatusOf } from '../errors.ts';
import type { BeginOperation } from '../observe/operation-record.ts';
import { requestIdHeader } from '../observe/request-id.ts';
import { apiHeaders } from './api-headers.ts';
import { capPipelining } from './cap-pipelining.ts';
import { closeWithConnection } from './close-with-connection.ts';
import { corsHeaders } from './cors-for.ts';
import { cutSlowReader } from './cut-slow-reader.ts';
import type { Explorer } from './explorer/create-explorer.ts';
import { type LingerOptions, lingerAfterAnswer } from './linger.ts';
import { mediaTypeOf } from './media-type-of.ts';
import { parseUrl } from './parse-url.ts';
import { readAccept } from './read-accept.ts';
import type { ServerContext } from './use-request-reading.ts';
import type { WorkInHand } from './work-in-hand.ts';

export type GraphQLRequest = Pick<ServerContext, 'signal' | 'token' | 'record'>;

export interface RequestListenerOptions {
  /**
   * Answers `/graphql`. The signal aborts when the client is gone before its answer was, and with a `GatewayError` when
   * the time to answer is over.
   */
  readonly graphql: (req: IncomingMessage, res: ServerResponse, context: GraphQLRequest) => unknown;
  readonly beginOperation: BeginOperation;
  readonly work: WorkInHand;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** `undefined`: there is no explorer page. */
  readonly explorer?: Explorer | undefined;
  /** Origins whose pages may read also what is refused here. Default: none. */
  readonly corsOrigins?: readonly string[];
  readonly linger?: LingerOptions;
  /** How long a client may take nothing of its answer. Default 30,000. */
  readonly idleTimeoutMs?: number;
}

/** The paths of the operator's contract. */
export function createRequestListener(options: RequestListenerOptions): RequestListener {
  const {
    graphql,
    beginOperation,
    work,
    metrics,
    explorer,
    linger,
    corsOrigins = [],
    idleTimeoutMs = 30_000,
  } = options;

  return (req, res) => {
    if (capPipelining(req, res)) return;
    closeWithConnection(req, res);
    lingerAfterAnswer(req, res, linger);
    cutSlowReader(req, res, idleTimeoutMs);
    for (const [name, value] of ownHeaders) res.setHeader(name, value);
    // A socket that breaks while we write is the client's affair.
    res.on('error', () => {});
    // Node takes the chunks apart and leaves the rest as it came: it would be read as if nobody had coded it. What is not
    // chunked at its end is no request at all (RFC 9112, 6.3), and Node says so.
    if (/,\s*chunked$/i.test(req.headers['transfer-encoding'] ?? '')) {
      res.setHeader('connection', 'close');
      return refuse(res, new GatewayError('NOT_IMPLEMENTED', unknownCoding));
    }
    const path = normalizedPath(req);
    if (path === undefined) {
      return refuse(
        res,
        new GatewayError('BAD_REQUEST', 'The request target or the Host header is malformed.'),
      );
    }
    if (probes.has(path) && req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('allow', 'GET, HEAD');
      return answer(res, 405, 'text/plain', 'only GET and HEAD\n');
    }
    if (explorer?.(req, res, path)) return work.add(res);
    switch (path) {
      case '/healthz':
        return answer(res, 200, 'text/plain', 'ok\n');
      case '/readyz':
        return work.isTaken()
          ? answer(res, 200, 'text/plain', 'ready\n')
          : answer(res, 503, 'text/plain', 'draining\n');
      case '/metrics':
        metrics().then(
          ({ contentType, text }) => answer(res, 200, contentType, text),
          () => refuse(res, new GatewayError('INTERNAL_SERVER_ERROR', 'The metrics could not be collected.')),
        );
        return;
      case '/graphql': {
        const lookUp: LookUp = (name) => req.headers[name]?.toString();
        const record = beginOperation(lookUp);
        res.setHeader(requestIdHeader, record.requestId);
        res.once('close', () => record.end(!res.writableFinished));
        if (mediaTypeOf(req.headers['content-type']) === 'multipart/form-data') record.bringsFile();
        // A preflight asks for nothing yet: the request after it can be told more.
        const isPreflight = req.method === 'OPTIONS';
        if (isPreflight) res.setHeader('allow', 'GET, POST');
        const refuseOperation = (error: GatewayError) => {
          record.failed(error.code);
          const headers = corsHeaders(req.headers.origin, corsOrigins);
          for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
          refuse(res, error);
        };
        if (!work.isTaken() && !isPreflight) {
          res.setHeader('connection', 'close');
          const message = 'This instance is shutting down. Send the request again.';
          return refuseOperation(new GatewayError('SHUTTING_DOWN', message));
        }
        const accept = readAccept(req.headers.accept);
        if (accept === undefined && !isPreflight) {
          // Before anything is executed: a mutation whose result nobody takes would have been for nothing.
          const message = 'Accept application/graphql-response+json, application/json or text/event-stream.';
          return refuseOperation(new GatewayError('NOT_ACCEPTABLE', message));
        }
        req.headers.accept = accept ?? '';
        const end = new AbortController();
        // Each series that an operation reads listens; Node would take more than ten for a leak.
        setMaxListeners(0, end.signal);
        res.once('close', () => {
          if (!res.writableFinished) end.abort();
        });
        work.add(res, () => end.abort(cutOff()));
        graphql(req, res, { signal: end.signal, token: callerToken(lookUp), record });
        return;
      }
    }
    return refuse(res, new GatewayError('NOT_FOUND', 'There is nothing here. The API is at /graphql.'));
  };
}

// Also where no origin is let in: a cache must not hand the answer for one origin to another.
const ownHeaders = Object.entries({ ...apiHeaders, vary: 'Origin' });
const unknownCoding = 'Send the body as it is, or in chunks: no other transfer coding is known here.';
const probes = new Set(['/healthz', '/readyz', '/metrics']);

/** The path without its query, also out of an absolute-form target (RFC 9112, 3.2.2), which is rewritten. */
function normalizedPath(req: IncomingMessage): string | undefined {
  const { host } = req.headers;
  // Of two, one in front of us may have looked at the other (RFC 9112, 3.2).
  const hosts = req.rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'host').length;
  if (hosts > 1 || (hosts === 0 && req.httpVersion === '1.1')) return undefined;
  // Yoga makes a URL of it: what does not parse would be answered with a stack trace, what holds a path moves its own.
  if (host !== undefined && (/[\s/\\?#@]/.test(host) || !parseUrl(`http://${host}/`))) return undefined;
  let target = req.url ?? '/';
  if (!target.startsWith('/')) {
    const url = /^https?:\/\//i.test(target) ? parseUrl(target) : undefined;
    if (!url) return undefined;
    target = url.pathname + url.search;
  }
  // Two slashes would be read as a host name.
  req.url = target.replace(/^\/{2,}/, '/');
  if (!parseUrl(req.url, 'http://localhost')) return undefined;
  return req.url.split('?', 1)[0];
}

function cutOff(): GatewayError {
  const message = 'This instance shuts down, and the time that it gives to what still runs is over.';
  return new GatewayError('SHUTTING_DOWN', message);
}

function refuse(res: ServerResponse, { code, message }: GatewayError): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  answer(res, httpStatusOf(code) ?? 500, 'application/json; charset=utf-8', body);
}

function answer(res: ServerResponse, status: number, contentType: string, body: string): void {
  res.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }).end(body);
}
