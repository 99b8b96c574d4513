import { deferred } from '../../flow/deferred.ts';
import { onAbort } from '../../flow/on-abort.ts';

/** Lets one upload of a key run at a time. */
export interface KeyLock {
  /**
   * Runs `work` once nobody else holds the key. Rejects with `KeyBusyError` when that takes too long, and with the
   * signal's reason; `work` itself runs to its end.
   */
  hold<T>(key: string, signal: AbortSignal, work: (isUnbroken: IsUnbroken) => Promise<T>): Promise<T>;
}

/**
 * Whether it is certain that nobody else has held the key since `work` began. Rejects with `KeyBusyError` when somebody
 * else holds it now.
 */
export type IsUnbroken = () => Promise<boolean>;

/** Another upload holds the key. */
export class KeyBusyError extends Error {
  override readonly name = 'KeyBusyError';
}

/** A lock among the uploads of this process, first come, first served. Waits for `waitMs`, default 60,000. */
export function createLocalKeyLock({ waitMs = 60_000 }: { readonly waitMs?: number } = {}): KeyLock {
  /** Settles when the last in the line of a key, and all before it, are done. */
  const lines = new Map<string, Promise<unknown>>();

  return {
    async hold(key, signal, work) {
      signal.throwIfAborted();
      const before = lines.get(key);
      const { promise: workDone, resolve: leave } = deferred();
      // No `await` since `lines.get`: two that come or wake at once must not both find the key free. All those before
      // are waited for, not only the last one: whoever gave up has left the line, but those before it may still run.
      const line = Promise.all([before, workDone]).then(() => {
        if (lines.get(key) === line) lines.delete(key);
      });
      lines.set(key, line);
      try {
        if (before !== undefined) await turn(before, signal);
        return await work(async () => true);
      } finally {
        leave();
      }
    },
  };

  async function turn(before: Promise<unknown>, signal: AbortSignal): Promise<void> {
    const { promise: failure, reject: giveUp } = deferred<never>();
    const timer = setTimeout(() => giveUp(new KeyBusyError()), waitMs);
    const stopListening = onAbort(signal, giveUp);
    try {
      await Promise.race([before, failure]);
    } finally {
      clearTimeout(timer);
      stopListening();
    }
  }
}
