import type { IncomingMessage, ServerResponse } from 'node:http';
import { deferred } from '../../flow/deferred.ts';
import type { CallName, Route } from '../http/find-route.ts';
import { onBodyOver } from '../http/on-body-over.ts';
import { type LoggedRequest, loggedHeaders } from './logged-request.ts';
import { createWaiters } from './waiters.ts';

/** Matches requests of one call, or by any test. */
export type RequestMatch = CallName | ((request: LoggedRequest) => boolean);

/** When to give a wait up. Default: never. */
export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What tests read and wait for. All waits reject with the signal's reason, or when the sandbox closes. */
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

/** The same, as the server fills it. */
export interface RequestLogWriter extends RequestLog {
  open(req: IncomingMessage, res: ServerResponse, route: Route): LoggedRequest;
  /** To be called after `fileBytes` grew. */
  progress(request: LoggedRequest): void;
  close(): void;
}

const maxKept = 10_000;

/** Begins empty. `now` in epoch milliseconds. */
export function createRequestLog(now: () => number): RequestLogWriter {
  const requests: LoggedRequest[] = [];
  const inFlight = new Set<LoggedRequest>();
  const starts = createWaiters<LoggedRequest>();
  const bytes = createWaiters<LoggedRequest>();
  const ends = createWaiters<LoggedRequest>();

  function open(req: IncomingMessage, res: ServerResponse, route: Route): LoggedRequest {
    const { promise: done, resolve: end } = deferred<LoggedRequest>();
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
      done,
    };
    requests.push(request);
    if (requests.length > maxKept) requests.shift();
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
    progress: bytes.tell,
    close: () => {
      const reason = new Error('The sandbox was closed.');
      for (const waiters of [starts, bytes, ends]) waiters.close(reason);
    },
  };
}

/**
 * A request is over when both its body and its answer are, or the connection is gone: an answer may be out
 * long before the request is in.
 */
function whenOver(req: IncomingMessage, res: ServerResponse, over: () => void): void {
  let left = 2;
  const settle = () => {
    if (--left === 0) over();
  };
  res.once('close', settle);
  onBodyOver(req, settle);
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
