import type { ServerResponse } from 'node:http';
import { createIdleWait } from './idle-wait.ts';

/** The responses that are not finished, whether more may begin, and whether those that run are being cut. */
export interface WorkInHand {
  /** False once `refuse` was called. */
  isTaken(): boolean;
  add(res: ServerResponse): void;
  /** No more work from now on. */
  refuse(): void;
  /** From now on it is this process that ends connections, and not their clients. */
  cut(): void;
  /** True once `cut` was called. */
  isCut(): boolean;
  /** Resolves when all that was begun is finished, or after `timeoutMs`. */
  done(timeoutMs: number): Promise<void>;
}

export function createWorkInHand(): WorkInHand {
  const open = new Set<ServerResponse>();
  let taken = true;
  let isCut = false;
  const idle = createIdleWait(() => open.size === 0);
  return {
    isTaken: () => taken,
    add(res) {
      open.add(res);
      res.once('close', () => {
        open.delete(res);
        idle.ended();
      });
    },
    refuse() {
      taken = false;
    },
    cut() {
      isCut = true;
    },
    isCut: () => isCut,
    done: idle.wait,
  };
}
