/**
 * `JOB_NOT_FOUND`: the series has no such job. `RATE_LIMITED`: the credential watches as much as it may.
 * `SHUTTING_DOWN`: this instance takes no new watchers.
 */
export type WatchErrorCode = 'JOB_NOT_FOUND' | 'RATE_LIMITED' | 'SHUTTING_DOWN';

/** An error of watching itself. Errors of the REST client reach the watchers as they are. */
export class WatchError extends Error {
  override readonly name = 'WatchError';
  readonly code: WatchErrorCode;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: WatchErrorCode, message: string, retryAfterSeconds?: number) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
