/**
 * The calls of a pino logger that are made here. An interface of our own, so that the core knows no logging library.
 * Fields hold no token and no credential id.
 */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** From the most to the least that is written; `silent` writes nothing. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
/** One of `logLevels`. */
export type LogLevel = (typeof logLevels)[number];

/** The default: says nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
