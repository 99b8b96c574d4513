import type { Sandbox } from '../../src/sandbox/create-sandbox.ts';
import type { Dice } from './create-dice.ts';

/** What all who load the gateway share. */
export interface SoakWorld {
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly dice: Dice;
  /** Aborts when the load is to end. Waits end with it. */
  readonly signal: AbortSignal;
  /** Ids of the latest jobs, the newest last. */
  readonly jobIds: string[];
  /** Says what is done next, to be told should it never end. */
  begin(what: string): void;
  /** One more of what was done, by what came of it. */
  count(what: string, outcome: string): void;
}

/** So many ids are kept to be asked for and watched. */
export const keptJobIds = 200;
