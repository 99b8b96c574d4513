import type { ServerResponse } from 'node:http';
import { createIdleWait } from '../../flow/idle-wait.ts';

/** Keeps track of responses that are not finished, and of whether more may begin. */
export interface WorkInHand {
  /** Whether work may begin: until `stopAccepting`. */
  isAccepting(): boolean;
  /** Adds a response. `onCut` is called when it is to end now, whatever it waits for. Default: it waits for nothing. */
  add(res: ServerResponse, onCut?: () => void): void;
  /** From now on no work may begin. */
  stopAccepting(): void;
  /** Tells all responses that were added to end now. */
  cut(): void;
  /** Resolves when all of them are finished, or after `timeoutMs`; true when nothing is left. */
  done(timeoutMs: number): Promise<boolean>;
}

/** One for each server. Holds nothing to close. */
export function createWorkInHand(): WorkInHand {
  const open = new Map<ServerResponse, () => void>();
  let accepting = true;
  const idle = createIdleWait(() => open.size === 0);
  return {
    isAccepting: () => accepting,
    add(res, onCut = () => {}) {
      open.set(res, onCut);
      res.once('close', () => {
        open.delete(res);
        idle.ended();
      });
    },
    stopAccepting() {
      accepting = false;
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
