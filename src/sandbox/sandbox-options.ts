import type { SandboxClient, TokenScope } from './calls/token-store.ts';
import type { CustomerExists } from './rows/customer-check.ts';

/** Where the sandbox listens, and what it knows. All of it is optional. */
export interface SandboxOptions {
  /** Default 127.0.0.1. The control API has no password: think before listening elsewhere. */
  readonly host?: string | undefined;
  /** Default 0: any free port. */
  readonly port?: number | undefined;
  /** How long each status of a job lasts, in milliseconds. Default 1500. */
  readonly stepMs?: number | undefined;
  /** Clients of the token call. Default: `sandbox-key`, `sandbox-secret`, org 100458, 300 s. */
  readonly clients?: readonly SandboxClient[] | undefined;
  /** Tokens that never expire. Default: `sandbox-token` of org 100458. */
  readonly tokens?: Readonly<Record<string, TokenScope>> | undefined;
  /** Every series with a positive number exists, except these. Default: 404404. */
  readonly unknownSeries?: readonly string[] | undefined;
  /** Default: every identifier exists that is not empty and does not contain `unknown`. */
  readonly customerExists?: CustomerExists | undefined;
  /**
   * How many codes each org remembers, those of unfinished uploads included, at up to 39 bytes each. Default
   * 2,000,000. Further codes count as new: their duplicates are not found.
   */
  readonly maxKeptCodes?: number | undefined;
  /** False takes files without looking at their rows: all counts are 0. Default true. */
  readonly checkRows?: boolean | undefined;
  /** The clock, in epoch milliseconds. Default `Date.now`. Jobs step by timers all the same. */
  readonly now?: (() => number) | undefined;
}
