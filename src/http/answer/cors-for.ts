import type { CORSOptions } from 'graphql-yoga';
import { requestIdHeader } from '../../observe/request-id.ts';

/**
 * What pages of other origins may do: nothing, unless their origin is listed. Yoga's own list would answer
 * all others with `Access-Control-Allow-Origin: null`, which is the name of every sandboxed frame.
 */
export function corsFor(corsOrigins: readonly string[]): (request: Request) => CORSOptions {
  return ({ headers }) => {
    const origin = headers.get('origin');
    if (origin === null || !corsOrigins.includes(origin)) return false;
    return {
      // Twice: for a single origin Yoga does not send `Vary`.
      origin: [origin, origin],
      credentials: true,
      methods: ['GET', 'POST'],
      exposedHeaders: [requestIdHeader, 'retry-after'],
    };
  };
}

/** The same for answers that do not come from Yoga: a page that cannot read a refusal sees a broken network. */
export function corsHeaders(
  origin: string | undefined,
  corsOrigins: readonly string[],
): Readonly<Record<string, string>> {
  if (origin === undefined || !corsOrigins.includes(origin)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': `${requestIdHeader}, retry-after`,
  };
}
