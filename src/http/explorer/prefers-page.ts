import type { IncomingMessage } from 'node:http';
import { weightsByName } from '../request/weighted-list.ts';

const apiTypes = ['application/json', 'application/graphql-response+json', 'text/event-stream'];

/**
 * Whether a request comes from a browser that opens an address, not from a client of the API: it must name
 * `text/html`, and nothing that the API answers with as much weight.
 */
export function prefersPage({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const weights = weightsByName(headers.accept);
  const page = weights.get('text/html') ?? 0;
  return page > 0 && apiTypes.every((type) => (weights.get(type) ?? 0) < page);
}
