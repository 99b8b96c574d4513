import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallName, Route } from './find-route.ts';
import { createWaiters } from './waiters.ts';

/** One request as the sandbox saw it. Grows while the request runs; `done` resolves once it has ended. */
export interface LoggedRequest {
  /** `undefined` for paths that the sandbox does not know. */
  readonly call: CallName | undefined;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly couponSeriesId: string | undefined;
  /** `x-cap-api-oauth-token` as sent. */
  readonly token: string | undefined;
  /** Of the headers those that tests ask about: see `loggedHeaders`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The text parts of an upload; of a token call the key, never the secret. */
  readonly fields: Record<string, string>;
  /** The `filename` of the part named `file`, decoded as UTF-8. */
  fileName: string | undefined;
  fileContentType: string | undefined;
  /** Bytes of the file that came in. */
  fileBytes: number;
  /** SHA-256 of those bytes, in hex; there once the file or the request has ended. */
  fileSha256: string | undefined;
  /** The closing boundary was seen. */
  complete: boolean;
  /** The connection went down before the request and its answer were through. */
  aborted: boolean;
  /** Bytes of the whole body. */
  receivedBytes: number;
  /** HTTP status of the answer. */
  status: number | undefined;
  readonly startedAtMs: number;
  endedAtMs: number | undefined;
  readonly done: Promise<LoggedRequest>;
}

/** A call by name, or any test of a request. */
export type RequestMatch = CallName | ((request: LoggedRequest) => boolean);

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What tests read and wait on. All waits reject with the signal's reason, or when the sandbox closes. */
export interface RequestLog {
  /** The last 10,000 requests, oldest first; those of the control API are not among them. */
  readonly requests: readonly LoggedRequest[];
  /** Resolves when a matching request ends (answered or cut) after this call. */
  nextRequest(match?: RequestMatch, options?: WaitOptions): Promise<LoggedRequest>;
  /** Resolves when a matching request starts; at once when one is in flight. */
  started(match?: RequestMatch, options?: WaitOptions): Promise<LoggedRequest>;
  /** Resolves when a request in flight has brought at least `bytes` of its file. */
  received(
    bytes: number,
    options?: WaitOptions & { readonly match?: RequestMatch | undefined },
  ): Promise<LoggedRequest>;
  /** Requests in flight. */
  openRequests(): number;
}

export interface RequestLogWriter extends RequestLog {
  open(req: IncomingMessage, res: ServerResponse, route: Route): LoggedRequest;
  /** To be called after `fileBytes` grew. */
  progress(request: LoggedRequest): void;
  close(): void;
}

/** The headers that a log entry holds. */
export const loggedHeaders: readonly string[] = [
  'content-type',
  'content-length',
  'transfer-encoding',
  'user-agent',
  'traceparent',
  'tracestate',
  'x-cap-api-attribution-entity-type',
  'x-cap-api-attribution-entity-code',
  'x-cap-api-attribution-till-code',
  'x-cap-api-auth-org-id',
];

/** Keeps the last `max` requests. */
export function createRequestLog(max: number, now: () => number): RequestLogWriter {
  const requests: LoggedRequest[] = [];
  const inFlight = new Set<LoggedRequest>();
  const starts = createWaiters<LoggedRequest>();
  const bytes = createWaiters<LoggedRequest>();
  const ends = createWaiters<LoggedRequest>();

  function open(req: IncomingMessage, res: ServerResponse, route: Route): LoggedRequest {
    let end: (request: LoggedRequest) => void = () => {};
    const request: LoggedRequest = {
      call: route.call,
      method: req.method ?? '',
      path: req.url ?? '',
      couponSeriesId: route.couponSeriesId,
      token: one(req.headers['x-cap-api-oauth-token']),
      headers: subset(req),
      fields: {},
      fileName: undefined,
      fileContentType: undefined,
      fileBytes: 0,
      fileSha256: undefined,
      complete: false,
      aborted: false,
      receivedBytes: 0,
      status: undefined,
      startedAtMs: now(),
      endedAtMs: undefined,
      done: new Promise((resolve) => {
        end = resolve;
      }),
    };
    requests.push(request);
    if (requests.length > max) requests.shift();
    inFlight.add(request);
    starts.tell(request);
    whenOver(req, res, () => {
      request.aborted = !req.complete || !res.writableFinished;
      if (res.headersSent) request.status = res.statusCode;
      request.endedAtMs = now();
      inFlight.delete(request);
      end(request);
      ends.tell(request);
    });
    return request;
  }

  return {
    requests,
    nextRequest: (match, options) => ends.wait(matcher(match), options?.signal),
    started: (match, options) => {
      const running = [...inFlight].find(matcher(match));
      return running === undefined ? starts.wait(matcher(match), options?.signal) : Promise.resolve(running);
    },
    received: (least, options) => {
      const matches = matcher(options?.match);
      const enough = (request: LoggedRequest) => request.fileBytes >= least && matches(request);
      const running = [...inFlight].find(enough);
      return running === undefined ? bytes.wait(enough, options?.signal) : Promise.resolve(running);
    },
    openRequests: () => inFlight.size,
    open,
    progress: (request) => {
      if (bytes.waiting) bytes.tell(request);
    },
    close: () => {
      const reason = new Error('The sandbox was closed.');
      for (const waiters of [starts, bytes, ends]) waiters.close(reason);
    },
  };
}

/** An answer may be out long before its request is in: over means both, or a connection that is gone. */
function whenOver(req: IncomingMessage, res: ServerResponse, over: () => void): void {
  let left = 2;
  const settle = () => {
    if (--left === 0) over();
  };
  res.once('close', settle);
  let read = false;
  const onRead = () => {
    if (!read) settle();
    read = true;
  };
  req.once('end', onRead);
  req.once('close', onRead);
  // Without a listener a cut upload would end the process.
  req.on('error', () => {});
}

function matcher(match: RequestMatch | undefined): (request: LoggedRequest) => boolean {
  if (match === undefined) return () => true;
  return typeof match === 'function' ? match : (request) => request.call === match;
}

function subset(req: IncomingMessage): Record<string, string> {
  const entries = loggedHeaders.map((name) => [name, one(req.headers[name])] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
  );
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}
