import type { ServerResponse } from 'node:http';
import { createIdleWait } from './idle-wait.ts';

/** The responses that are not finished, and whether more may begin. */
export interface WorkInHand {
  /** False once `refuse` was called. */
  isTaken(): boolean;
  /** `onCut` is called when the response is to end now, whatever it waits for. Default: it waits for nothing. */
  add(res: ServerResponse, onCut?: () => void): void;
  /** No more work from now on. */
  refuse(): void;
  /** Tells all that was begun that it is to end now. */
  cut(): void;
  /** Resolves when all that was begun is finished, or after `timeoutMs`; true when nothing is left. */
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
