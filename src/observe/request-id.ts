import { randomUUID } from 'node:crypto';
import type { LookUp } from '../caller-token.ts';

/** The header that brings and returns it. */
export const requestIdHeader = 'x-request-id';

/** The caller's own id of its request, when it may stand in a log and a header as it is; else a new one. */
export function requestId(lookUp: LookUp): string {
  const brought = lookUp(requestIdHeader);
  return brought && /^[\w.:-]{8,128}$/.test(brought) ? brought : randomUUID();
}
