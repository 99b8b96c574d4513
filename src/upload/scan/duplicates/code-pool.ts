/** One share of the pool, in words of 32 bits: half a megabyte, or the codes of 65,536 rows. */
export const shareWords = 131_072;
/** Words of one code. */
export const codeWords = 2;
/** What a search of the maximum of rows wastes in blocks that are not full, and on marks between distant rows. */
const spareWords = 65_536;
const wordBytes = Uint32Array.BYTES_PER_ELEMENT;

/**
 * Memory for the codes of all files that are inspected at the same time, in whatever thread: a fixed amount,
 * however many files there are, which the next files use again. Memory that was never needed costs nothing.
 */
export interface CodePool {
  readonly words: Uint32Array;
  /** Where in `words` a free share begins, which still holds what its last owner left. Undefined: all are taken. */
  take(): number | undefined;
  giveBack(start: number): void;
}

/**
 * Room for the codes of so many rows. Before the shares stands one word for each, with its owner's number: 0 for none.
 */
export function createCodePoolMemory(rows: number): SharedArrayBuffer {
  const shares = Math.ceil((rows * codeWords * 1.001 + spareWords) / shareWords);
  return new SharedArrayBuffer(shares * (shareWords + 1) * wordBytes);
}

/** The pool as seen by one of its owners, each of which has a number above 0. */
export function openCodePool(memory: SharedArrayBuffer, owner = 1): CodePool {
  const { owners, words } = viewsOf(memory);

  return {
    words,
    take() {
      const share = owners.findIndex((_, at) => Atomics.compareExchange(owners, at, 0, owner) === 0);
      return share < 0 ? undefined : share * shareWords;
    },
    giveBack(start) {
      Atomics.store(owners, start / shareWords, 0);
    },
  };
}

/** Gives back everything that an owner held which no longer exists. */
export function releaseCodePool(memory: SharedArrayBuffer, owner: number): void {
  const { owners } = viewsOf(memory);
  for (const at of owners.keys()) Atomics.compareExchange(owners, at, owner, 0);
}

function viewsOf(memory: SharedArrayBuffer) {
  const shares = memory.byteLength / ((shareWords + 1) * wordBytes);
  return {
    owners: new Int32Array(memory, 0, shares),
    words: new Uint32Array(memory, shares * wordBytes),
  };
}
