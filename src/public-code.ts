import { CapillaryError } from './capillary/capillary-error.ts';
import { type ErrorCode, GatewayError, isAbort } from './errors.ts';
import { WatchError } from './watch/watch-error.ts';

/** The public code of whatever was thrown. `undefined`: the caller gave up, and is told nothing. */
export function publicCode(error: unknown): ErrorCode | undefined {
  if (error instanceof GatewayError || error instanceof WatchError) return error.code;
  if (error instanceof CapillaryError) return error.code === 'REJECTED' ? 'BAD_USER_INPUT' : error.code;
  return isAbort(error) ? undefined : 'INTERNAL_SERVER_ERROR';
}

/** What the caller is told beside code and message. */
export function publicExtensions(error: unknown): Readonly<Record<string, unknown>> {
  if (error instanceof GatewayError) return error.extensions;
  if (error instanceof WatchError) return { retryAfterSeconds: error.retryAfterSeconds };
  if (!(error instanceof CapillaryError)) return {};
  const { httpStatus, upstreamCode, requestId, retryAfterSeconds } = error;
  return { upstreamStatus: httpStatus, upstreamCode, requestId, retryAfterSeconds };
}
