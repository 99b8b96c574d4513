/** Promises for the first of many values that a predicate accepts. */
export interface Waiters<T> {
  readonly waiting: boolean;
  /** Rejects with the signal's reason, or when the waiters are closed. */
  wait(matches: (value: T) => boolean, signal?: AbortSignal | undefined): Promise<T>;
  tell(value: T): void;
  close(reason: Error): void;
}

/** Leaves no listener on a signal once its promise has settled. */
export function createWaiters<T>(): Waiters<T> {
  const waiters = new Set<{
    matches: (value: T) => boolean;
    settle: (value: T | undefined, reason?: unknown) => void;
  }>();

  function wait(matches: (value: T) => boolean, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => waiter.settle(undefined, signal?.reason);
      const waiter = {
        matches,
        settle: (value: T | undefined, reason?: unknown) => {
          waiters.delete(waiter);
          signal?.removeEventListener('abort', onAbort);
          if (value === undefined) reject(reason);
          else resolve(value);
        },
      };
      signal?.addEventListener('abort', onAbort);
      waiters.add(waiter);
    });
  }

  return {
    get waiting() {
      return waiters.size > 0;
    },
    wait,
    tell: (value) => {
      for (const waiter of [...waiters]) if (waiter.matches(value)) waiter.settle(value);
    },
    close: (reason) => {
      for (const waiter of [...waiters]) waiter.settle(undefined, reason);
    },
  };
}
