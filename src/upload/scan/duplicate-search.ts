/** Row numbers share a 32-bit slot with nine bits of hash. */
const rowBits = 23;
const rowMask = 2 ** rowBits - 1;

/** Chance alone never comes near it, whatever the file; codes made to collide do. */
const maxProbes = 4096;

export interface DuplicateSearch {
  /**
   * Enters a row's code by its 63-bit hash. Rows come in order, numbered from 1. Returns the row that had the same
   * code first, 0 when it is new, and -1 when the search is over: past `maxRows`, or after `stop`.
   */
  add(row: number, low: number, high: number): number;
  /** True once for each first row: it becomes a problem only when its second comes. */
  claimFirst(row: number): boolean;
  /** No row past this one is searched. */
  stop(row: number): void;
  /** Rows are searched up to this one, inclusive. */
  readonly lastRow: number;
}

/**
 * Exact for the first `maxRows` rows (default 5,000,000, at most 8,388,607) but for two codes with the same 63-bit
 * hash: in a full search that happens once in about 700,000 files. Memory grows with the rows, to 8 bytes a row and
 * 4 a slot (1.7 slots a row): 74 MB at the default.
 */
export function createDuplicateSearch(maxRows = 5_000_000): DuplicateSearch {
  if (maxRows > rowMask) throw new RangeError(`maxRows is ${maxRows}, but at most ${rowMask} are possible`);
  const maxSlots = slotsFor(maxRows);
  const smallRows = Math.min(maxRows, 2048);
  let hashes = new Uint32Array(2 * (smallRows + 1));
  let slots = new Uint32Array(slotsFor(smallRows));
  let mask = slots.length - 1;
  let filled = 0;
  let lastRow = maxRows;

  /** Both tables at full size: they take memory as they are written to, so growing further copies nothing. */
  function reserve(row: number): void {
    const small = hashes;
    hashes = new Uint32Array(2 * (maxRows + 1));
    hashes.set(small);
    slots = new Uint32Array(maxSlots);
    refill(row);
  }

  function grow(row: number): void {
    slots.fill(0, 0, mask + 1);
    mask = mask * 2 + 1;
    refill(row);
  }

  /** The hashes are all there in order of the rows, so the slots can be made again from them. */
  function refill(rows: number): void {
    for (let row = 1; row < rows; row++) {
      const low = hashes[2 * row] as number;
      if (low === 0 && hashes[2 * row + 1] === 0) continue; // A row without a code of its own.
      let at = low & mask;
      while (slots[at] !== 0) at = (at + 1) & mask;
      slots[at] = (low & ~rowMask) | row;
    }
  }

  return {
    get lastRow() {
      return lastRow;
    },
    add(row, low, high) {
      if (row > lastRow) return -1;
      if (2 * row >= hashes.length) reserve(row);
      if (filled > mask * 0.6 && mask + 1 < maxSlots) grow(row);
      let at = low & mask;
      for (let probes = 0; ; probes++) {
        const slot = slots[at] as number;
        if (slot === 0) break;
        if ((slot ^ low) >>> rowBits === 0) {
          const other = slot & rowMask;
          if (hashes[2 * other] === low && (hashes[2 * other + 1] as number) >>> 1 === high) return other;
        }
        if (probes === maxProbes) {
          lastRow = row - 1;
          return -1;
        }
        at = (at + 1) & mask;
      }
      slots[at] = (low & ~rowMask) | row;
      hashes[2 * row] = low;
      hashes[2 * row + 1] = high << 1;
      filled++;
      return 0;
    },
    claimFirst(row) {
      const high = hashes[2 * row + 1] as number;
      hashes[2 * row + 1] = high | 1;
      return (high & 1) === 0;
    },
    stop(row) {
      lastRow = Math.min(lastRow, row);
    },
  };
}

function slotsFor(rows: number): number {
  return 2 ** Math.ceil(Math.log2(rows / 0.6 + 1));
}
