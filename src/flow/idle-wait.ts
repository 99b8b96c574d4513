/** Waits until nothing runs. */
export interface IdleWait {
  /** Call it whenever something has ended. */
  ended(): void;
  /** Resolves when nothing is left, or after `timeoutMs`. */
  wait(timeoutMs: number): Promise<void>;
}

/** Waits until `isIdle` says that nothing runs, but no longer than it is given. One wait at a time. */
export function createIdleWait(isIdle: () => boolean): IdleWait {
  let finish: (() => void) | undefined;
  return {
    ended() {
      if (isIdle()) finish?.();
    },
    async wait(timeoutMs) {
      if (isIdle()) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        finish = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
