import type { IncomingMessage } from 'node:http';

/** Whether a request brings a body. Node sets `complete` only after the handler ran, even for a request without one. */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
