/** Lets one upload of a key run at a time. */
export interface KeyLock {
  /**
   * Runs `work` once nobody else holds the key. Rejects with `KeyBusyError` when that takes too long, and with the
   * signal's reason; `work` itself runs to its end.
   */
  hold<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** Somebody else has been uploading under the key all the while. */
export class KeyBusyError extends Error {
  override readonly name = 'KeyBusyError';
}

/** A lock among the uploads of this process. Waits for `waitMs`, default 60,000. */
export function createLocalKeyLock({ waitMs = 60_000 }: { readonly waitMs?: number } = {}): KeyLock {
  const held = new Map<string, Promise<void>>();

  return {
    async hold(key, signal, work) {
      await free(key, signal);
      let release: () => void = () => {};
      held.set(key, new Promise((resolve) => (release = resolve)));
      try {
        return await work();
      } finally {
        held.delete(key);
        release();
      }
    },
  };

  async function free(key: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!held.has(key)) return;
    let giveUp: (reason: unknown) => void = () => {};
    const failure = new Promise<never>((_, reject) => (giveUp = reject));
    failure.catch(() => {});
    const onAbort = () => giveUp(signal.reason);
    const timer = setTimeout(() => giveUp(new KeyBusyError()), waitMs);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      // Again after each turn: another waiter may have been quicker.
      while (held.has(key)) await Promise.race([held.get(key), failure]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }
}
