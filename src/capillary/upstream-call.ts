import { noSpan, type Span } from '../span.ts';
import { CapillaryError, type CapillaryErrorCode } from './capillary-error.ts';

/** The calls of the upstream contract, section 1, by the last word of their paths. */
export const callNames = [
  'uploadFile',
  'redeemFile',
  'getUploadStatus',
  'getUploadRedeemedCouponStatus',
  'token',
] as const;
/** One of `callNames`. */
export type CallName = (typeof callNames)[number];

/** One exchange with upstream when it is over. */
export interface FinishedCall {
  readonly call: CallName;
  /** HTTP status of its answer. `undefined`: there was none. */
  readonly status: number | undefined;
  /** `OK`, the code of its `CapillaryError`, or `GIVEN_UP` when this side broke it off. */
  readonly code: 'OK' | 'GIVEN_UP' | CapillaryErrorCode;
  readonly seconds: number;
}

/** How a call is named, and who hears of it. */
export interface CallOptions {
  readonly call: CallName;
  readonly method: 'GET' | 'POST';
  /** The path as the contract has it, with names in place of ids. */
  readonly route: string;
  /** The span of whoever needs the answer. Default: not traced. */
  readonly span?: Span | undefined;
  /** Hears of the call when it is over. Default: nobody. */
  readonly onCall?: OnCall | undefined;
}

/** Hears of a call that is over. Must not throw. */
export type OnCall = (call: FinishedCall) => void;

/** A call under way, as metrics and traces see it. */
export interface UpstreamCall {
  /** What the request carries so that upstream may join the trace. */
  readonly headers: Readonly<Record<string, string>>;
  answered(status: number): void;
  /** Without an error the call succeeded. */
  end(error?: unknown): void;
}

/** Call it just before the request leaves. Whoever begins a call ends it, once. */
export function beginUpstreamCall(options: CallOptions): UpstreamCall {
  const { call, method, route, span = noSpan, onCall = () => {} } = options;
  const startedMs = performance.now();
  const own = span.begin(`${method} ${route}`, 'call', {
    'http.request.method': method,
    'url.template': route,
  });
  let status: number | undefined;

  return {
    headers: own.headers(),
    answered(code) {
      status = code;
    },
    end(error) {
      const code = error === undefined ? 'OK' : error instanceof CapillaryError ? error.code : 'GIVEN_UP';
      const requestId = error instanceof CapillaryError ? error.requestId : undefined;
      own.set({ 'http.response.status_code': status, 'capillary.request_id': requestId });
      own.end(code === 'OK' ? undefined : code);
      onCall({ call, status, code, seconds: (performance.now() - startedMs) / 1000 });
    },
  };
}

/** Runs one call from its beginning to its end. Resolves and rejects as `run` does. */
export async function withinUpstreamCall<T>(
  options: CallOptions,
  run: (call: UpstreamCall) => Promise<T>,
): Promise<T> {
  const call = beginUpstreamCall(options);
  try {
    const result = await run(call);
    call.end();
    return result;
  } catch (error) {
    call.end(error);
    throw error;
  }
}
