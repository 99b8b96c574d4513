import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call } from './calls/exchange.ts';
import { serveExchange } from './calls/serve-exchange.ts';
import { createStatusCall } from './calls/status-call.ts';
import { createTokenCall } from './calls/token-call.ts';
import { createTokenStore, type SandboxTokens } from './calls/token-store.ts';
import { createUploadCall } from './calls/upload-call.ts';
import { controlPrefix, createControlApi } from './control-api.ts';
import { createFaultSwitch, type SandboxFaults } from './faults/fault-switch.ts';
import { refusal, sendAnswer } from './http/answer.ts';
import { type CallName, findRoute } from './http/find-route.ts';
import { createJobBook, type SandboxJobs } from './jobs/job-book.ts';
import { createRequestLog, type RequestLog } from './requests/request-log.ts';
import { createOrgCodes, type OrgCodes } from './rows/org-codes.ts';
import type { SandboxOptions } from './sandbox-options.ts';

/** A running sandbox: both the coupon host and the token host. */
export interface Sandbox extends RequestLog {
  /** `http://host:port`, without a slash at its end. */
  readonly url: string;
  readonly jobs: SandboxJobs;
  readonly faults: SandboxFaults;
  readonly tokens: SandboxTokens;
  /** Destroys open connections and stops all timers. May be called twice. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a real HTTP server that stands in for Capillary's upload calls (upstream contract, section 5). Listens when the promise
 * resolves; rejects when it cannot. The caller closes it.
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    host = '127.0.0.1',
    port = 0,
    stepMs = 1500,
    clients = [{ key: 'sandbox-key', secret: 'sandbox-secret', orgId: 100458 }],
    tokens: fixedTokens = { 'sandbox-token': { orgId: 100458 } },
    unknownSeries = ['404404'],
    customerExists,
    maxKeptCodes = 2_000_000,
    checkRows = true,
    now = Date.now,
  } = options;
  const tokens = createTokenStore(clients, fixedTokens, now);
  const jobs = createJobBook(stepMs, now);
  const faults = createFaultSwitch();
  const log = createRequestLog(now);
  const codes = new Map<number, OrgCodes>();

  function codesOf(orgId: number): OrgCodes {
    const known = codes.get(orgId) ?? createOrgCodes(maxKeptCodes);
    codes.set(orgId, known);
    return known;
  }

  const rowOptions = (orgId: number) => ({ codes: codesOf(orgId), customerExists });
  const upload = { tokens, jobs, unknownSeries, checkRows, rowOptions };
  const calls: Readonly<Record<CallName, Call>> = {
    uploadFile: createUploadCall({ ...upload, kind: 'COUPON_BATCH' }),
    redeemFile: createUploadCall({ ...upload, kind: 'REDEEMED_COUPONS' }),
    getUploadStatus: createStatusCall('COUPON_BATCH', tokens, jobs, unknownSeries),
    getUploadRedeemedCouponStatus: createStatusCall('REDEEMED_COUPONS', tokens, jobs, unknownSeries),
    token: createTokenCall(tokens),
  };

  const control = createControlApi({ jobs: jobs.control, faults, tokens, requests: log.requests });

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (req.url?.startsWith(controlPrefix)) return sendAnswer(res, await control(req));
    const route = findRoute(req.method ?? '', req.url ?? '');
    const logged = log.open(req, res, route);
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    res.setHeader('X-Cap-Requestid', randomUUID());
    if (route.call === undefined) {
      req.resume();
      const message = route.status === 404 ? 'No such resource.' : 'Method not allowed.';
      return sendAnswer(res, refusal(route.status, message));
    }
    const fault = faults.take(route.call, route.couponSeriesId);
    const onFileBytes = () => log.progress(logged);
    const exchange = { req, res, logged, fault, signal: gone.signal, onFileBytes };
    return serveExchange(exchange, calls[route.call], faults);
  }

  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 65_000 }, (req, res) => {
    serve(req, res).catch((error: unknown) => res.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(port, host);
  await once(server, 'listening');

  let closing: Promise<void> | undefined;
  function close(): Promise<void> {
    closing ??= new Promise((resolve) => {
      jobs.close();
      log.close();
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closing;
  }

  const { address, family, port: found } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${found}`,
    jobs: jobs.control,
    faults,
    tokens,
    requests: log.requests,
    nextRequest: log.nextRequest,
    started: log.started,
    received: log.received,
    openRequests: log.openRequests,
    close,
    [Symbol.asyncDispose]: close,
  };
}
