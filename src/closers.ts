/** What was made so far and must be closed again: the duty of closing is taken over in the moment of making. */
export interface Closers {
  /** Takes over the closing of `made`, and hands it back. */
  add<T>(made: T, close: (made: T) => unknown): T;
  /**
   * Closes all, what was made last first, each after the one before it. One that fails keeps none of the others open: the
   * first failure is what it rejects with, at the end. May be called twice.
   */
  close(): Promise<void>;
}

/** Node 20 knows no `AsyncDisposableStack` yet: this is the part of it that is needed here. */
export function createClosers(): Closers {
  const closers: (() => unknown)[] = [];
  let closing: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = closers.pop(); close; close = closers.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  return {
    add(made, close) {
      closers.push(() => close(made));
      return made;
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}
