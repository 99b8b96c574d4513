/**
 * Every top-level error code with its meaning and, where the request fails as a whole, its HTTP status. A
 * test compares the table in docs/errors.md with this one, both ways.
 */
export const errorTable = {
  UNAUTHENTICATED: { meaning: 'There is no token, or Capillary refused it. Send a new one.' },
  FORBIDDEN: { meaning: 'The token is not allowed to do this.' },
  RATE_LIMITED: { meaning: 'Too many calls, uploads or subscriptions. Try again after `retryAfterSeconds`.' },
  UPSTREAM_UNAVAILABLE: {
    meaning:
      'Capillary could not be reached, or failed. `jobs` lists the jobs already created for a split file.',
  },
  UPSTREAM_TIMEOUT: { meaning: 'Capillary did not answer in time, or stopped reading the file.' },
  UPSTREAM_INVALID_RESPONSE: { meaning: "Capillary's answer is not in its documented format." },
  JOB_NOT_FOUND: { meaning: 'The series has no such upload job.' },
  BAD_USER_INPUT: { meaning: 'An id, a cursor or a variable is malformed.' },
  FILE_MISSING: { meaning: 'The file variable does not refer to a file in this request.' },
  TRUNCATED: {
    meaning: 'The request ended before the file did. `jobs` lists the jobs already created for a split file.',
    httpStatus: 400,
  },
  REQUEST_TIMEOUT: {
    meaning: 'The client stopped sending. `jobs` lists the jobs already created for a split file.',
    httpStatus: 408,
  },
  BAD_REQUEST: {
    meaning: 'The HTTP or multipart request is malformed; the message says which rule it breaks.',
    httpStatus: 400,
  },
  CSRF_PREVENTED: {
    meaning:
      'A form without the header `graphql-require-preflight` (any value will do), or a GET from a page whose origin is not in `CORS_ORIGINS`.',
    httpStatus: 403,
  },
  NOT_FOUND: { meaning: 'There is nothing at this path.', httpStatus: 404 },
  NOT_ACCEPTABLE: {
    meaning: 'The client accepts none of the media types that the gateway can answer with.',
    httpStatus: 406,
  },
  PAYLOAD_TOO_LARGE: {
    meaning: 'The JSON body or a part other than the file is too large, or there are too many files.',
    httpStatus: 413,
  },
  URI_TOO_LONG: { meaning: 'The URL is too long: send the query as a POST.', httpStatus: 414 },
  MISDIRECTED: { meaning: 'The request is for a host that `ALLOWED_HOSTS` does not list.', httpStatus: 421 },
  UNSUPPORTED_MEDIA_TYPE: {
    meaning: 'The body is neither JSON in UTF-8 nor multipart, or it is compressed.',
    httpStatus: 415,
  },
  HEADERS_TOO_LARGE: { meaning: 'The headers of the request are too large.', httpStatus: 431 },
  NOT_IMPLEMENTED: {
    meaning: 'The request uses a transfer coding other than `chunked`.',
    httpStatus: 501,
  },
  GRAPHQL_PARSE_FAILED: { meaning: 'The document is not GraphQL, or too large.', httpStatus: 400 },
  GRAPHQL_VALIDATION_FAILED: {
    meaning: 'The document does not match the schema, or exceeds a limit.',
    httpStatus: 400,
  },
  PERSISTED_QUERY_NOT_FOUND: { meaning: 'No persisted document has this id.', httpStatus: 400 },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    meaning: 'This gateway has no persisted documents. Send the document itself.',
    httpStatus: 400,
  },
  PERSISTED_QUERY_REQUIRED: {
    meaning: 'Only persisted documents are executed: send an id.',
    httpStatus: 400,
  },
  SHUTTING_DOWN: { meaning: 'This instance is shutting down. Send the request again.', httpStatus: 503 },
  INTERNAL_SERVER_ERROR: { meaning: 'A bug in the gateway. Its log has details under the same `requestId`.' },
} satisfies Record<string, ErrorRow>;

interface ErrorRow {
  readonly meaning: string;
  /** Where the request fails as a whole. */
  readonly httpStatus?: number;
}

/** A code of the table: `extensions.code` of an error. */
export type ErrorCode = keyof typeof errorTable;

/** The HTTP status with which this code fails a request as a whole; `undefined`: by itself it does not. */
export function httpStatusOf(code: ErrorCode): number | undefined {
  const row: ErrorRow = errorTable[code];
  return row.httpStatus;
}

/** Status and headers of an answer without data. */
export interface HttpRefusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A failure that the caller sees in full; `extensions` are sent beside the code. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly extensions: Readonly<Record<string, unknown>>;
  /** Where the request fails as a whole: status and headers in place of those that the code's row gives. */
  readonly http: HttpRefusal | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      extensions?: Readonly<Record<string, unknown>>;
      cause?: unknown;
      http?: HttpRefusal;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.extensions = options.extensions ?? {};
    this.http = options.http;
  }
}

/** All that a caller is told about a bug, besides the id of its request. */
export const maskedMessage = 'Something went wrong on our side. Please report it with the requestId.';

/** True when the caller gave up waiting: such an error is neither logged as a failure, nor masked, nor retried. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
