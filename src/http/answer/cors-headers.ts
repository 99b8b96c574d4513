import type { IncomingMessage } from 'node:http';
import { requestIdHeader } from '../../observe/request-id.ts';

/**
 * What a page of another origin may do (Fetch, CORS protocol): nothing, unless its origin is listed. On every answer of
 * the API, refusals included: a page that cannot read one sees a broken network.
 */
export function corsHeaders(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  corsOrigins: readonly string[],
): Readonly<Record<string, string>> {
  const { origin, 'access-control-request-headers': wanted } = headers;
  if (origin === undefined || !corsOrigins.includes(origin)) return {};
  const allowed = {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': `${requestIdHeader}, retry-after`,
  };
  if (method !== 'OPTIONS') return allowed;
  return {
    ...allowed,
    'access-control-allow-methods': 'GET, POST',
    ...(wanted !== undefined && {
      'access-control-allow-headers': wanted,
      vary: 'Origin, Access-Control-Request-Headers',
    }),
  };
}
