import type { ServerResponse } from 'node:http';

/** The responses that are not finished, and whether more may begin. */
export interface WorkInHand {
  /** False once `refuse` was called. */
  isTaken(): boolean;
  add(res: ServerResponse): void;
  /** No more work from now on. */
  refuse(): void;
  /** Resolves when all that was begun is finished, or after `timeoutMs`. */
  done(timeoutMs: number): Promise<void>;
}

export function createWorkInHand(): WorkInHand {
  const open = new Set<ServerResponse>();
  let taken = true;
  let onDone: (() => void) | undefined;
  return {
    isTaken: () => taken,
    add(res) {
      open.add(res);
      res.once('close', () => {
        open.delete(res);
        if (open.size === 0) onDone?.();
      });
    },
    refuse() {
      taken = false;
    },
    async done(timeoutMs) {
      if (open.size === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        onDone = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
