/** An iterator that is fed from outside, and keeps one value per key for a consumer who is slower than its feed. */
export interface LatestIterator<T> extends AsyncIterableIterator<T> {
  /** Replaces the value of this key that still waits, in its place in the line. */
  push(key: string, value: T): void;
  /** Ends it once what waits has been taken. */
  complete(): void;
  /** The same, with an error at the end. The first call of `complete` or `fail` counts. */
  fail(error: unknown): void;
  return(): Promise<IteratorResult<T>>;
}

/**
 * An object, not an async generator: a suspended generator cannot be interrupted, but here a pending `next()`
 * resolves as done as soon as `return()` is called. `onEnd` is called once, at the first of `return`,
 * `complete` and `fail`: nothing is fed from then on, though a consumer may still take what waits.
 */
export function createLatestIterator<T>(onEnd: () => void): LatestIterator<T> {
  const waiting = new Map<string, T>();
  const readers: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void }[] = [];
  let failure: { readonly error: unknown } | undefined;
  let ended = false;
  const done: IteratorResult<T> = { done: true, value: undefined };

  const iterator: LatestIterator<T> = {
    push(key, value) {
      if (ended) return;
      const reader = readers.shift();
      if (reader) reader.resolve({ done: false, value });
      else waiting.set(key, value);
    },
    complete: () => end(),
    fail: (error) => end({ error }),
    next() {
      for (const [key, value] of waiting) {
        waiting.delete(key);
        return Promise.resolve({ done: false, value });
      }
      if (!ended) return new Promise((resolve, reject) => readers.push({ resolve, reject }));
      return settle();
    },
    return() {
      waiting.clear();
      failure = undefined;
      end();
      return Promise.resolve(done);
    },
    async throw(error) {
      await iterator.return();
      throw error;
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;

  function end(reason?: { readonly error: unknown }): void {
    if (ended) return;
    ended = true;
    failure = reason;
    onEnd();
    for (const reader of readers.splice(0)) settle().then(reader.resolve, reader.reject);
  }

  // An error is thrown once: after it an iterator is done, as a generator would be.
  function settle(): Promise<IteratorResult<T>> {
    if (!failure) return Promise.resolve(done);
    const { error } = failure;
    failure = undefined;
    return Promise.reject(error);
  }
}
