import { CapillaryError } from './capillary-error.ts';
import { asNumber, asRecord, asText, type JsonRecord } from './lenient-json.ts';
import { invalidAnswer, readAnswer } from './read-answer.ts';
import type { UpstreamAnswer } from './upstream-answer.ts';

/** A token and how long it lives from the moment it was asked for. */
export interface AccessToken {
  readonly token: string;
  readonly ttlSeconds: number;
}

/**
 * Reads the token endpoint's answer (upstream contract, section 3). A missing or useless `ttlSeconds` counts as 0, so
 * such a token serves only those who wait for it now. Throws `CapillaryError`: `UNAUTHENTICATED` when the service
 * refused the gateway's key and secret, since no input of the caller's can be at fault here.
 */
export function readToken(answer: UpstreamAnswer): AccessToken {
  const { data } = readTokenAnswer(answer);
  const { accessToken: token, ttlSeconds } = asRecord(data) ?? {};
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw invalidAnswer(answer, 'it has no "accessToken"');
  }
  return { token, ttlSeconds: Math.max(asNumber(ttlSeconds) ?? 0, 0) };
}

function readTokenAnswer(answer: UpstreamAnswer): JsonRecord {
  try {
    return readAnswer(answer, ({ data }) => asText(asRecord(data)?.['accessToken']) !== undefined);
  } catch (error) {
    throw error instanceof CapillaryError ? ownFault(error, answer) : error;
  }
}

function ownFault(error: CapillaryError, answer: UpstreamAnswer): CapillaryError {
  const { code, httpStatus, upstreamCode, upstreamMessage, requestId, explicit } = error;
  if (code === 'UNAUTHENTICATED' || ((code === 'REJECTED' || code === 'FORBIDDEN') && explicit)) {
    const message =
      'The gateway could not get an access token: its client key or secret is wrong' +
      `${upstreamCode === undefined ? '' : ` (code ${upstreamCode})`}.`;
    const details = { httpStatus, upstreamCode, upstreamMessage, requestId, explicit };
    return new CapillaryError('UNAUTHENTICATED', message, details);
  }
  return code === 'REJECTED'
    ? invalidAnswer(answer, `the token endpoint answered with status ${httpStatus}`)
    : error;
}
