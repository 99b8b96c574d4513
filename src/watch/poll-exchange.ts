import type { CapillaryError } from '../capillary/capillary-error.ts';
import type { JobListRef, UpstreamJob } from '../capillary/upstream-job.ts';

/** What one poll loop is for: a list, and who reads it. */
export interface PollKey extends JobListRef {
  /** `Credential.id`. */
  readonly credentialId: string;
}

/** All jobs of the series, or why they could not be read. */
export type PollOutcome = { readonly jobs: readonly UpstreamJob[] } | { readonly error: CapillaryError };

/** What a poll came to, for the other replicas. */
export interface PollReport {
  readonly outcome: PollOutcome;
  /** When the poller means to poll again, from now. */
  readonly nextInMs: number;
  /** How long nobody may poll with this credential, because upstream limited its rate. */
  readonly pauseMs: number;
}

/** What a replica gets that asks for a turn to poll. */
export type PollTurn =
  /** Its turn. `finish` resolves to `false` when the result must be dropped, since another replica polled later. */
  | { readonly type: 'poll'; finish(report: PollReport): Promise<boolean> }
  /** Not for `ms`: the credential's budget is used up (`wait`), or another replica polls this key (`busy`). */
  | { readonly type: 'wait' | 'busy'; readonly ms: number }
  /** Another replica has polled this key since, so no poll is needed. */
  | { readonly type: 'shared'; readonly report: PollReport }
  /** The same, and `onReport` was told already. */
  | { readonly type: 'heard' };

/** The turn of a replica that shares nothing. */
export const unsharedTurn: PollTurn = { type: 'poll', finish: async () => true };

/** One replica's seat at one key. Nothing here rejects; one turn at a time. */
export interface PollSeat {
  /** The last result of the others, if it is still valid. To be awaited before the first turn. */
  catchUp(): Promise<PollReport | undefined>;
  begin(): Promise<PollTurn>;
  /** Gives back a turn that is not finished, and stops listening. */
  leave(): void;
}

/** What a seat hears, from the moment of `join` on. */
export interface PollSeatEvents {
  /** Never an older report after a newer one, nor one older than the replica's own last result. */
  onReport(report: PollReport): void;
  /** A replica gave its turn back: the key wants a poller. */
  onFree(): void;
}

/** `alone`: nobody to share with. `up`: sharing. `down`: there is a store to share by, and it is away. */
export type ExchangeState = 'alone' | 'up' | 'down';

/** How replicas agree on who polls what and how often, and pass the results on. */
export interface PollExchange {
  join(key: PollKey, events: PollSeatEvents): PollSeat;
  state(): ExchangeState;
}
