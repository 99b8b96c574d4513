/** What a failed call came to, in the words of the public schema. `REJECTED` is a 4xx that names the caller's input. */
export const capillaryErrorCodes = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'REJECTED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_INVALID_RESPONSE',
] as const;
/** One of `capillaryErrorCodes`. */
export type CapillaryErrorCode = (typeof capillaryErrorCodes)[number];

/** What is known of a failed call beside its code and message. */
export interface CapillaryErrorDetails {
  /** HTTP status of the answer, or the status in its body where that is the worse one. */
  readonly httpStatus?: number | undefined;
  readonly upstreamCode?: string | undefined;
  readonly upstreamMessage?: string | undefined;
  /** `X-Cap-Requestid`: names the call to Capillary's support. */
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** See `CapillaryError.explicit`. Default `false`. */
  readonly explicit?: boolean | undefined;
  readonly cause?: unknown;
}

/** The one error of the REST client. Holds no token and no body of a request. */
export class CapillaryError extends Error {
  override readonly name = 'CapillaryError';
  readonly code: CapillaryErrorCode;
  readonly httpStatus: number | undefined;
  readonly upstreamCode: string | undefined;
  readonly upstreamMessage: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /**
   * Whether the service itself said no, in its own JSON. `false` for an HTML page, an empty or garbled body and a
   * broken connection: these leave open what became of the call.
   */
  readonly explicit: boolean;

  constructor(code: CapillaryErrorCode, message: string, details: CapillaryErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.httpStatus = details.httpStatus;
    this.upstreamCode = details.upstreamCode;
    this.upstreamMessage = details.upstreamMessage;
    this.requestId = details.requestId;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.explicit = details.explicit ?? false;
  }
}
