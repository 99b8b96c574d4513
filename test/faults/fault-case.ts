import type { FaultStage } from './fault-stage.ts';

/** What a gateway of its own is started with. */
export interface OwnGround {
  readonly env?: Readonly<Record<string, string>>;
  /** Frees what was started for it, after the gateway has ended. */
  close?(): PromiseLike<void>;
}

/** One thing that goes wrong, once, during one upload. */
export interface FaultCase {
  /** A sentence that says what happens. Stands in the table. */
  readonly name: string;
  /** Default 256 KiB, which fits into the buffers of the sockets on the way. */
  readonly fileBytes?: number;
  /** From the request's first byte to the answer, or to the moment when the gateway has let go. */
  readonly withinMs: number;
  /** Where it cannot share a gateway with the others. Cases with the same function share what it makes. */
  readonly ground?: () => Promise<OwnGround>;
  /** Whether the cases of its ground are played one after the other. Default: at once. */
  readonly inTurn?: boolean;
  /** Before the clock starts. */
  prepare?(stage: FaultStage): Promise<void>;
  /** Does it, and resolves to what the client got, in a word. */
  run(stage: FaultStage): Promise<string>;
  /** Before the upload is repeated. */
  heal?(stage: FaultStage): Promise<void>;
  /** Default: the whole upload, with its key, at the gateway that was there from the start. */
  repeat?(stage: FaultStage): Promise<string>;
}

export type FaultSide =
  | 'The client'
  | 'The access token'
  | 'The way to Capillary'
  | 'Capillary'
  | 'The gateway itself'
  | 'Redis'
  | 'Two gateways and one key';

/** The limits that the run lowers, and that its bounds are made of. */
export const limits = {
  idleMs: 2_000,
  answerMs: 2_000,
  /** Looks into the list for a lost answer: at once, after half a second, after one and a half more. */
  looksMs: 2_000,
  /** For a machine with other work: the bounds are there to find what hangs. */
  slackMs: 8_000,
  /** No setting: for a request's headers, and for what runs when the gateway is told to end. */
  headersMs: 20_000,
  drainMs: 30_000,
} as const;

/** The bound of what needs no timeout to end. */
export const atOnceMs = limits.slackMs;
/** The bound of what ends by the idle timeout, which is looked at four times within it. */
export const afterIdleMs = limits.idleMs * 1.25 + limits.slackMs;
/** The bound of an answer that never comes, and of the looks after it. */
export const afterAnswerMs = limits.answerMs + limits.looksMs + limits.slackMs;
/** The bound of a read that is never answered: it is tried twice. */
export const afterReadMs = 2 * limits.answerMs + limits.slackMs;
