/** A filter this full errs in about one row of 200. */
const rowsPerWord = 2.5;
const maxFilterWords = 2 ** 21;

/** Half of these rows, the most codes that can stand twice, fill the table at the end to 60%. */
const rowsPossible = 5_000_000;
const maxSlots = 2 ** 22;

/** In the last bit of a row's hash: the filter could not tell its code from an earlier one. */
const suspect = 1;
/** Beside the row in a slot of the table: it is the first of its code; its second was found. */
const isFirst = 0x8000_0000;
const hasSecond = 0x4000_0000;
const rowMask = 0x3fff_ffff;

export interface DuplicateSearch {
  /**
   * Enters rows from `row` on, numbered from 1 and ascending: two words each in `hashes`, which are the hash of the
   * row's code, low half first and the last bit of the high half 0; or 0 and 0 where it has none.
   */
  add(row: number, count: number, hashes: Uint32Array): void;
  /** Nothing past this row is searched. */
  stop(row: number): void;
  /** False once a code came too late to be searched. */
  readonly exact: boolean;
  /** The last row that is searched. */
  readonly lastRow: number;
  /**
   * Ends the search: calls `found` for each row whose code stands in an earlier one, ascending, with the first row of
   * the code and whether this is the second. Some 10 ms for 5,000,000 rows, 300 ms when every code stands twice.
   */
  finish(found: (row: number, first: number, isSecond: boolean) => void): void;
}

/**
 * Finds the rows that have the same code, exactly for the first `maxRows` rows (default and at most 5,000,000) but for
 * different codes with the same hash: of its 64 bits 63 count, so that happens in one of 700,000 files of that length.
 *
 * A table of all codes is larger than the caches, and looking up each would cost more than the rest of the scan. So
 * a filter of bits says of most codes that they are new, and only the others, the suspects, are compared at the end.
 * Memory grows with the rows: 8 bytes a row and up to 8 MiB for the filter, in all 48 MB, then up to 16 MiB instead
 * of the filter at the end.
 */
export function createDuplicateSearch(maxRows = rowsPossible): DuplicateSearch {
  if (maxRows > rowsPossible)
    throw new RangeError(`maxRows is ${maxRows}, but at most ${rowsPossible} are possible`);
  let hashes = new Uint32Array(2 * (Math.min(maxRows, 2048) + 1));
  let filter = new Uint32Array(1024);
  let suspects = 0;
  let lastRow = maxRows;
  let last = 0;
  let exact = true;

  /** At its full size, and once: it takes memory only as it is written to. */
  function reserve(): void {
    const small = hashes;
    hashes = new Uint32Array(2 * (maxRows + 1));
    hashes.set(small);
  }

  function growFilter(): void {
    filter = new Uint32Array(filter.length * 8 > maxFilterWords ? maxFilterWords : filter.length * 8);
    filterRows(1, last);
  }

  /** Sets four bits of one word for each code. Where all are set already, the code may have been there before. */
  function filterRows(from: number, to: number): void {
    const words = filter;
    const all = hashes;
    const mask = words.length - 1;
    for (let row = from; row <= to; row++) {
      const low = all[2 * row] as number;
      const high = all[2 * row + 1] as number;
      if (low === 0 && high === 0) continue;
      const word = words[low & mask] as number;
      // A shift takes the lowest five bits of its count. The first of `high` is none of the hash.
      const bits = (1 << (high >>> 1)) | (1 << (high >>> 6)) | (1 << (high >>> 11)) | (1 << (high >>> 16));
      if ((word & bits) === bits) {
        all[2 * row + 1] = high | suspect;
        suspects++;
      } else {
        words[low & mask] = word | bits;
      }
    }
  }

  /** The slot of a row's code in the table, or the empty one where it belongs. */
  function slotOf(row: number, table: Uint32Array): number {
    const low = hashes[2 * row] as number;
    const high = hashes[2 * row + 1] as number;
    const mask = table.length - 1;
    let at = low & mask;
    for (; table[at] !== 0; at = (at + 1) & mask) {
      const other = (table[at] as number) & rowMask;
      if (hashes[2 * other] === low && ((hashes[2 * other + 1] as number) ^ high) >>> 1 === 0) break;
    }
    return at;
  }

  return {
    get exact() {
      return exact;
    },
    get lastRow() {
      return lastRow;
    },
    add(row, count, added) {
      const kept = Math.max(0, Math.min(count, lastRow - row + 1));
      if (exact) exact = kept === count || !added.subarray(2 * kept, 2 * count).some((word) => word !== 0);
      if (kept === 0) return;
      if (2 * (row + kept) > hashes.length) reserve();
      while (row + kept > rowsPerWord * filter.length && filter.length < maxFilterWords) growFilter();
      hashes.set(added.subarray(0, 2 * kept), 2 * row);
      for (let at = 2 * row + 1; at < 2 * (row + kept); at += 2)
        hashes[at] = (hashes[at] as number) & ~suspect;
      last = row + kept - 1;
      filterRows(row, last);
    },
    stop(row) {
      lastRow = Math.min(lastRow, row);
    },
    finish(found) {
      if (suspects === 0) return;
      filter = new Uint32Array(0);
      const table = new Uint32Array(Math.min(maxSlots, 2 ** Math.ceil(Math.log2(2 * suspects + 1))));
      for (let row = 1; row <= last; row++) {
        if (((hashes[2 * row + 1] as number) & suspect) !== 0) table[slotOf(row, table)] = row;
      }
      for (let row = 1; row <= last; row++) {
        const at = slotOf(row, table);
        const slot = table[at] as number;
        if (slot === 0) continue;
        if ((slot & isFirst) === 0) {
          table[at] = row | isFirst;
        } else {
          found(row, slot & rowMask, (slot & hasSecond) === 0);
          table[at] = slot | hasSecond;
        }
      }
    },
  };
}
