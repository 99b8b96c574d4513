import { CapillaryError, type CapillaryErrorCode } from './capillary-error.ts';

const timeouts = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

const connectionLoss = new Set([
  'UND_ERR_SOCKET',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
  'UND_ERR_ABORTED',
  // Bodies that stop short: the parser reports it, the connection caused it.
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'HPE_INVALID_EOF_STATE',
]);
// Whatever the system says of a socket or a name, such as ECONNRESET, EAI_AGAIN, or EMFILE: out of descriptors.
const systemFailure = /^E(?!RR)[A-Z0-9_]+$/;
const tlsFailure =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_(?:CA|PURPOSE)|HOSTNAME_|UND_ERR_PRX_TLS)/;

// ERR_ASSERTION: undici asserts that nobody upgrades a connection unasked (7.30).
const garbledAnswer = /^(?:ERR_ASSERTION$|HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|UND_ERR_RESPONSE)/;

/**
 * What to throw for a failed exchange. After an abort that is the signal's reason, unchanged; a broken connection,
 * a name that does not resolve or a TLS fault is `UPSTREAM_UNAVAILABLE`, a timeout `UPSTREAM_TIMEOUT`, an answer that
 * cannot be read as HTTP `UPSTREAM_INVALID_RESPONSE`. Anything else is a bug of ours and comes back as it is.
 */
export function toCapillaryError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof CapillaryError) return error;
  if (isUnaskedContinue(error)) {
    const message =
      'Capillary, or a proxy before it, said 100 Continue without being asked, which is not understood here.';
    return new CapillaryError('UPSTREAM_INVALID_RESPONSE', message);
  }
  const failureCode = errorCode(error);
  const code = failureCode === undefined ? undefined : capillaryCode(failureCode);
  if (code === undefined) return error;
  // No `cause`: undici keeps what it read and sent on some errors, and an echo of the token may be in it.
  return new CapillaryError(code, `${meaning[code]} (${failureCode}).`);
}

type FailureCode = Extract<CapillaryErrorCode, `UPSTREAM_${string}`>;

const meaning: Record<FailureCode, string> = {
  UPSTREAM_UNAVAILABLE: 'Capillary could not be reached, or the connection broke',
  UPSTREAM_TIMEOUT: 'Capillary did not answer in time',
  UPSTREAM_INVALID_RESPONSE: 'Capillary sent something that is not an HTTP answer',
};

/**
 * undici 7.30 skips every interim answer but this one, for which it cuts the connection with the same message
 * as for any broken one.
 */
function isUnaskedContinue(error: unknown): boolean {
  return error instanceof Error && errorCode(error) === 'UND_ERR_SOCKET' && error.message === 'bad response';
}

function capillaryCode(code: string): FailureCode | undefined {
  if (timeouts.has(code)) return 'UPSTREAM_TIMEOUT';
  if (connectionLoss.has(code) || systemFailure.test(code) || tlsFailure.test(code)) {
    return 'UPSTREAM_UNAVAILABLE';
  }
  return garbledAnswer.test(code) ? 'UPSTREAM_INVALID_RESPONSE' : undefined;
}

function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, name, message }: Error & { code?: unknown } = error;
  if (typeof code === 'string') return code;
  // undici 7.30 means to give parser errors a code, and leaves it undefined.
  if (name !== 'HTTPParserError') return undefined;
  return /\bEOF\b/.test(message) ? 'HPE_INVALID_EOF_STATE' : 'HPE_INVALID';
}
