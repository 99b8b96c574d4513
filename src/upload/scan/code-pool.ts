/** One share of the pool, in words of 32 bits: half a megabyte, or the codes of 65,536 rows. */
export const shareWords = 131_072;
/** Of one code. */
export const codeWords = 2;
/** What a search of the most rows loses in blocks that are not full, and to marks between far rows. */
const spareWords = 65_536;
const wordBytes = Uint32Array.BYTES_PER_ELEMENT;

/**
 * Memory for the codes of all files that are looked at at once, in whatever thread: so much and no more, however many
 * files there are, and used again by the next. What of it was never needed costs nothing.
 */
export interface CodePool {
  readonly words: Uint32Array;
  /** Where in `words` a free share begins. Its words are what the last owner left. Undefined: all are taken. */
  take(): number | undefined;
  giveBack(start: number): void;
}

/** Room for the codes of so many rows. Each share has a word before all of them, which says whose it is: 0, nobody's. */
export function createCodePoolMemory(rows: number): SharedArrayBuffer {
  const shares = Math.ceil((rows * codeWords * 1.001 + spareWords) / shareWords);
  return new SharedArrayBuffer(shares * (shareWords + 1) * wordBytes);
}

/** The pool as one of its owners has it, each of which has a number above 0. */
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

/** Gives back what an owner held that is no more. */
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
