import { randomUUID } from 'node:crypto';
import type { LookUp } from '../caller-token.ts';

/** The header that carries the id, both ways. */
export const requestIdHeader = 'x-request-id';

/** The id that the caller gave its request, when it can stand in a log and a header as it is; otherwise a new one. */
export function requestId(lookUp: LookUp): string {
  const brought = lookUp(requestIdHeader);
  return brought && /^[\w.:-]{8,128}$/.test(brought) ? brought : randomUUID();
}
