/** `JOB_NOT_FOUND`: the series has no such job. `SHUTTING_DOWN`: this instance takes no new watchers. */
export type WatchErrorCode = 'JOB_NOT_FOUND' | 'SHUTTING_DOWN';

/** What a watcher is told besides the errors of the REST client, which it gets as they are. */
export class WatchError extends Error {
  override readonly name = 'WatchError';
  readonly code: WatchErrorCode;

  constructor(code: WatchErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
