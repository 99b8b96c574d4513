import { CapillaryError, type CapillaryErrorCode } from './capillary-error.ts';
import { cleanText } from './clean-text.ts';
import type { JsonRecord } from './lenient-json.ts';
import { readRetryAfter } from './read-retry-after.ts';
import { readVerdict, type Verdict } from './read-verdict.ts';
import { answerHeader, type UpstreamAnswer } from './upstream-answer.ts';

/** Service codes that mean an HTTP status, whatever status they travel under (upstream contract, section 2). */
const statusOfServiceCode = new Map([
  [4000, 403],
  [4001, 503],
  [320001, 401],
]);

/**
 * Tells whether upstream said no, by its HTTP status or in the body under HTTP 200. The worse of the two
 * counts. `undefined`: it did not. `hasResult`: the body holds what was asked for, so a list of `errors`
 * beside it refuses nothing, whatever codes are in it.
 */
export function readRefusal(
  answer: UpstreamAnswer,
  body: JsonRecord | undefined,
  hasResult = false,
): CapillaryError | undefined {
  const isGood = hasResult && answer.status < 300;
  const verdict = readVerdict(isGood ? { ...body, errors: undefined } : (body ?? {}));
  const status = worstStatus(answer.status, verdict.codes);
  const saidNo = verdict.failed || verdict.hasErrors;
  if (status < 300 && !saidNo) return undefined;
  const code = isUnknownSeries(answer.status, verdict) ? 'REJECTED' : errorCode(status);
  const upstreamMessage = cleanText(verdict.messages.join('; '), answer.secrets);
  const retryAfterSeconds = readRetryAfter(answerHeader(answer, 'retry-after'), answerHeader(answer, 'date'));
  return new CapillaryError(code, errorMessage(code, status, upstreamMessage, retryAfterSeconds), {
    httpStatus: status,
    upstreamCode: upstreamCode(verdict.codes),
    upstreamMessage,
    requestId: requestId(answer),
    retryAfterSeconds,
    explicit: status >= 300 && status < 400 ? false : saidNo || tellsFailure(verdict),
  });
}

/** `X-Cap-Requestid`, cut to 128 harmless characters. */
export function requestId(answer: UpstreamAnswer): string | undefined {
  const id = answerHeader(answer, 'x-cap-requestid')
    ?.replace(/[^\w.:/=+-]/g, '')
    .slice(0, 128);
  return id === '' ? undefined : id;
}

function worstStatus(httpStatus: number, codes: readonly string[]): number {
  const told = codes.flatMap((code) => httpStatusOf(Number(code)) ?? []);
  return told.reduce((worst, status) => (badness(status) > badness(worst) ? status : worst), httpStatus);
}

function httpStatusOf(code: number): number | undefined {
  return statusOfServiceCode.get(code) ?? (code >= 100 && code < 600 ? Math.trunc(code) : undefined);
}

/** Among the 4xx, the one that the caller can act upon wins over a plain 400 around it. */
function badness(status: number): number {
  if (status === 401 || status === 498) return 4.9;
  if (status === 403) return 4.8;
  if (status === 429) return 4.7;
  return status === 400 ? 4 : status >= 400 && status < 500 ? 4.1 : Math.trunc(status / 100);
}

/** The coupon service numbers this case 501, which is no HTTP status here; how REST wraps it is not documented. */
function isUnknownSeries(httpStatus: number, { codes, messages }: Verdict): boolean {
  const named = messages.some((message) => /invalid coupon_series_id/i.test(message));
  return named || (httpStatus < 500 && codes.some((code) => Number(code) === 501));
}

function errorCode(status: number): CapillaryErrorCode {
  if (status === 401 || status === 498) return 'UNAUTHENTICATED';
  if (status === 403) return 'FORBIDDEN';
  if (status === 429) return 'RATE_LIMITED';
  if (status === 408) return 'UPSTREAM_TIMEOUT';
  if (status >= 500) return 'UPSTREAM_UNAVAILABLE';
  return status >= 300 && status < 400 ? 'UPSTREAM_INVALID_RESPONSE' : 'REJECTED';
}

function tellsFailure({ codes, messages }: Verdict): boolean {
  return messages.length > 0 || codes.some((code) => (httpStatusOf(Number(code)) ?? 0) >= 400);
}

/** The most telling code: one of the service's own before an echo of the HTTP status. */
function upstreamCode(codes: readonly string[]): string | undefined {
  const own = codes.find((code) => Number(code) >= 600) ?? codes.find((code) => Number(code) >= 300);
  return own?.slice(0, 32);
}

function errorMessage(
  code: CapillaryErrorCode,
  status: number,
  upstreamMessage: string | undefined,
  retryAfterSeconds: number | undefined,
): string {
  const told = upstreamMessage === undefined ? ` (status ${status}).` : `: ${upstreamMessage}`;
  switch (code) {
    case 'UNAUTHENTICATED':
      return `Capillary refused the access token${told}`;
    case 'FORBIDDEN':
      return `Capillary denied access with this access token${told}`;
    case 'REJECTED':
      return `Capillary rejected the request${told}`;
    case 'RATE_LIMITED':
      return `Capillary's rate limit is used up: try again ${retryAfterSeconds === undefined ? 'later' : `in ${retryAfterSeconds} s`}.`;
    case 'UPSTREAM_TIMEOUT':
      return `Capillary gave up waiting for the request (status ${status}).`;
    case 'UPSTREAM_UNAVAILABLE':
      return `Capillary could not serve the request (status ${status}).`;
    case 'UPSTREAM_INVALID_RESPONSE':
      return `Capillary answered with a redirect (status ${status}), and redirects are not followed.`;
  }
}
