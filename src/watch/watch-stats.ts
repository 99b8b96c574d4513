import type { ExchangeState } from './poll-exchange.ts';

/** For the metrics: what is going on now, and how much there was since the start. */
export interface WatchStats {
  readonly watchers: number;
  readonly loops: number;
  /** Credentials that were watched with in the last minute. */
  readonly credentials: number;
  /** The smallest budget left of any credential that is watched with. */
  readonly lowestBudgetLeft: number;
  readonly polls: number;
  readonly failedPolls: number;
  readonly exchange: ExchangeState;
}
