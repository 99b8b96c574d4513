import { createRoundPacer } from '../flow/round-pacer.ts';

/** What a watcher yields: a value, or the error that ended it. */
export type Settled<T> = { readonly value: T } | { readonly error: unknown };

const pace = createRoundPacer(50);

/**
 * Turns the error that ends an iterator, which is done after it, into its last value: so every transport delivers it in
 * the same way, as a result, and then ends properly. An object, not a generator: a waiting generator could not be
 * interrupted.
 */
export function settleErrors<T>(source: AsyncIterableIterator<T>): AsyncIterableIterator<Settled<T>> {
  return {
    async next() {
      try {
        const { done, value } = await source.next();
        await pace();
        return done ? { done, value: undefined } : { done: false, value: { value } };
      } catch (error) {
        return { done: false, value: { error } };
      }
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
