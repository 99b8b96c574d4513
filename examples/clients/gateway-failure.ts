/** A GraphQL error as all transports tell it. */
export interface ToldError {
  readonly message: string;
  readonly extensions?: { readonly [name: string]: unknown } | undefined;
}

/**
 * What the gateway answered in place of data. `code` is one of the table in docs/errors.md; note that most of them come with
 * HTTP status 200, so a client that looks at the status alone never sees them.
 */
export class GatewayFailure extends Error {
  override readonly name = 'GatewayFailure';
  readonly code: string;
  /** Seconds to wait, with `RATE_LIMITED`. */
  readonly retryAfterSeconds: number | undefined;

  constructor([first]: readonly ToldError[]) {
    super(first?.message ?? 'The gateway answered without data.');
    this.code = String(first?.extensions?.['code']);
    const seconds = first?.extensions?.['retryAfterSeconds'];
    this.retryAfterSeconds = typeof seconds === 'number' ? seconds : undefined;
  }
}

/** The data of a result. Throws `GatewayFailure` where there are errors. */
export function dataOf<T>(result: { readonly data?: T; readonly errors?: readonly ToldError[] | undefined }) {
  const { data, errors = [] } = result;
  if (errors.length > 0 || data === null || data === undefined) throw new GatewayFailure(errors);
  return data;
}

/**
 * The response as it is, unless a proxy in front of the gateway refused the request with a page of its own, for example
 * a body that is too large for it: `GatewayFailure` then, with a code such as `HTTP_413`. A 5xx may pass, and is left to the client.
 */
export function fromGateway(response: Response): Response {
  const { status, headers } = response;
  const isPage = /^text\/(html|plain)/i.test(headers.get('content-type') ?? '');
  if (!isPage || status < 400 || status >= 500) return response;
  const message = `A proxy in front of the gateway refused the request: HTTP ${status}.`;
  throw new GatewayFailure([{ message, extensions: { code: `HTTP_${status}` } }]);
}

/** `undefined` for everything that the gateway did not say: a connection that broke, a proxy's page. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof GatewayFailure ? error.code : undefined;
}

/** Whether the same may go well later: an answer that was lost on the way, or a failure that passes. */
export function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  return code === undefined || passing.has(code);
}

const passing = new Set([
  ...['RATE_LIMITED', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_INVALID_RESPONSE'],
  ...['TRUNCATED', 'REQUEST_TIMEOUT', 'SHUTTING_DOWN'],
]);
