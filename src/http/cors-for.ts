import type { CORSOptions } from 'graphql-yoga';
import { requestIdHeader } from '../observe/request-id.ts';

/**
 * What a page of another origin may do. Nothing, unless its origin is listed: Yoga's own list would answer all others
 * with `Access-Control-Allow-Origin: null`, which is the name of every sandboxed frame.
 */
export function corsFor(corsOrigins: readonly string[]): (request: Request) => CORSOptions {
  return ({ headers }) => {
    const origin = headers.get('origin');
    if (origin === null || !corsOrigins.includes(origin)) return false;
    return {
      // Twice, since of a single origin Yoga does not say that the answer varies.
      origin: [origin, origin],
      credentials: true,
      methods: ['GET', 'POST'],
      exposedHeaders: [requestIdHeader, 'retry-after'],
    };
  };
}

/** The same for an answer that is not Yoga's: a refusal that a page cannot read looks to it like a broken network. */
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
