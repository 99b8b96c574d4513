import type { ServerResponse } from 'node:http';
import { createIdleWait } from '../flow/idle-wait.ts';

/** Keeps track of responses that are not finished, and of whether more may begin. */
export interface WorkInHand {
  /** False once `refuse` was called. */
  isTaken(): boolean;
  /**
   * Adds a response. `onCut` is called when it is to end now, whatever it waits for. Default: it waits for
   * nothing.
   */
  add(res: ServerResponse, onCut?: () => void): void;
  /** Takes no more work from now on. */
  refuse(): void;
  /** Tells all responses that were added to end now. */
  cut(): void;
  /** Resolves when all of them are finished, or after `timeoutMs`; true when nothing is left. */
  done(timeoutMs: number): Promise<boolean>;
}

/** One for each server. Holds nothing to close. */
export function createWorkInHand(): WorkInHand {
  const open = new Map<ServerResponse, () => void>();
  let taken = true;
  const idle = createIdleWait(() => open.size === 0);
  return {
    isTaken: () => taken,
    add(res, onCut = () => {}) {
      open.set(res, onCut);
      res.once('close', () => {
        open.delete(res);
        idle.ended();
      });
    },
    refuse() {
      taken = false;
    },
    cut() {
      for (const onCut of open.values()) onCut();
    },
    async done(timeoutMs) {
      await idle.wait(timeoutMs);
      return open.size === 0;
    },
  };
}
