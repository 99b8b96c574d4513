import type { CallName } from '../http/find-route.ts';

/** One request as the sandbox saw it. Grows while the request runs; `done` resolves once it has ended. */
export interface LoggedRequest {
  /** `undefined` for paths that the sandbox does not know. */
  readonly call: CallName | undefined;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly couponSeriesId: string | undefined;
  /** `x-cap-api-oauth-token` as sent. */
  readonly token: string | undefined;
  /** The headers that tests ask about: see `loggedHeaders`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The text parts of an upload; of a token call the key, never the secret. */
  readonly fields: Record<string, string>;
  /** The `filename` of the part named `file`, decoded as UTF-8. */
  fileName: string | undefined;
  fileContentType: string | undefined;
  /** Bytes of the file that came in. */
  fileBytes: number;
  /** SHA-256 of those bytes, in hex; set once the file or the request has ended. */
  fileSha256: string | undefined;
  /** The closing boundary was seen. */
  complete: boolean;
  /** The connection broke before the request and its answer were through. */
  aborted: boolean;
  /** Bytes of the whole body. */
  receivedBytes: number;
  /** HTTP status of the answer. */
  status: number | undefined;
  readonly startedAtMs: number;
  endedAtMs: number | undefined;
  readonly done: Promise<LoggedRequest>;
}

/** The headers that a log entry holds. */
export const loggedHeaders: readonly string[] = [
  'content-type',
  'content-length',
  'transfer-encoding',
  'user-agent',
  'traceparent',
  'tracestate',
  'x-cap-api-attribution-entity-type',
  'x-cap-api-attribution-entity-code',
  'x-cap-api-attribution-till-code',
  'x-cap-api-auth-org-id',
];
