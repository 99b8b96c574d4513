import { deferred } from '../../flow/deferred.ts';
import { onAbort } from '../../flow/on-abort.ts';

/** Promises for the first of many values that a predicate accepts. */
export interface Waiters<T> {
  /** Rejects with the signal's reason, or when the waiters are closed. */
  wait(matches: (value: T) => boolean, signal?: AbortSignal | undefined): Promise<T>;
  tell(value: T): void;
  close(reason: Error): void;
}

/** Leaves no listener on a signal once its promise has settled. */
export function createWaiters<T>(): Waiters<T> {
  const waiters = new Set<{
    readonly matches: (value: T) => boolean;
    readonly resolve: (value: T) => void;
    readonly reject: (reason: unknown) => void;
  }>();

  return {
    async wait(matches, signal) {
      signal?.throwIfAborted();
      const { promise, resolve, reject } = deferred<T>();
      const waiter = { matches, resolve, reject };
      const stopListening = signal && onAbort(signal, reject);
      waiters.add(waiter);
      try {
        return await promise;
      } finally {
        waiters.delete(waiter);
        stopListening?.();
      }
    },
    tell(value) {
      for (const { matches, resolve } of waiters) if (matches(value)) resolve(value);
    },
    close(reason) {
      for (const { reject } of waiters) reject(reason);
    },
  };
}
