import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from '../faults/fault.ts';
import type { Answer } from '../http/answer.ts';
import type { LoggedRequest } from '../requests/logged-request.ts';

/** One request on its way through the sandbox. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly logged: LoggedRequest;
  readonly fault: Fault | undefined;
  /** Aborts when the connection is gone or the answer is out. */
  readonly signal: AbortSignal;
  /** To be called when the file has grown: wakes those that wait for bytes. */
  readonly onFileBytes: () => void;
}

/** A request that was read to its end, and not acted upon yet. Ends by `accept` or `discard`. */
export interface Prepared {
  /** Does what the call does; an upload makes its job. */
  accept(): Answer;
  /** Nothing comes of the request. */
  discard(): void;
  /** The call itself refuses: `accept` makes no job. */
  readonly refused: boolean;
}

/** Prepares a request; `undefined` when the client is gone before its end. */
export type Call = (exchange: Exchange) => Promise<Prepared | undefined>;

/** A prepared request whose answer is fixed. */
export function refused(answer: Answer): Prepared {
  return { accept: () => answer, discard: () => {}, refused: true };
}
