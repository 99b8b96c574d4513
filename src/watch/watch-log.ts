/** The two calls of a pino logger that the watcher makes. Fields hold no token and no credential id. */
export interface WatchLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** The default: says nothing. */
export const silentLog: WatchLog = { info() {}, warn() {} };
