/** Collects how to close things while they are made, so that all of them are closed whatever fails later. */
export interface Closers {
  /** Registers how `made` is closed, and returns it. */
  add<T>(made: T, close: (made: T) => unknown): T;
  /**
   * Closes everything, the newest first, one after the other. A failure does not keep the rest open; the
   * first one is thrown at the end. May be called twice.
   */
  close(): Promise<void>;
}

/** The part of `AsyncDisposableStack` that is needed here: Node 20 does not have it yet. */
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
