/** So many that a partition of the most rows, and its table, fit into a core's own cache. */
const partitions = 128;
/** The upper seven bits of a hash's high half name its partition. */
const partitionShift = 25;
const rowsPossible = 5_000_000;
/** 60% full with a partition of the most rows: 39,000, and by chance never 2,000 more. */
const maxSlots = 2 ** 16;

/** Rows are put aside in blocks of one partition each: three words a row, the hash's low and high half, and the row. */
const rowWords = 3;
const blockWords = 256 * rowWords;

/** A slot holds the number of a code's first row among those put aside, some bits of its hash, and a mark. */
const numberMask = 2 ** 23 - 1;
const tagMask = 0x7f80_0000;
const hasSecond = 0x8000_0000;

type Found = (row: number, first: number, isSecond: boolean) => void;

/** A search for rows with the same code, by the hashes of the codes. */
export interface DuplicateSearch {
  /**
   * Enters rows from `row` on, numbered from 1 and ascending: two words each in `hashes`, which are the hash of the
   * row's code, low half first, or 0 and 0 where it has none.
   */
  add(row: number, count: number, hashes: Uint32Array): void;
  /** Nothing past this row is searched. */
  stop(row: number): void;
  /** False once a code came too late to be searched. */
  readonly exact: boolean;
  /** The last row that is searched. */
  readonly lastRow: number;
  /**
   * Ends the search: calls `found` for each row whose code stands in an earlier one, in any order, with the first row
   * of the code and whether this is the second. To be called once; takes 15 ms for a million rows.
   */
  finish(found: Found): void;
}

/**
 * Finds the rows that have the same code, exactly for the first `maxRows` rows (default and at most 5,000,000) but for
 * different codes with the same hash of 64 bits, which chance makes in one of 1,400,000 files of that length.
 *
 * One table of all codes is larger than the caches, and a lookup in it takes longer than all else that is done for a
 * row. So the rows are only put aside, divided by their hash, and each partition is searched by itself at the end.
 * Memory grows with the rows by 12 bytes a row, to 61 MB at the default.
 */
export function createDuplicateSearch(maxRows = rowsPossible): DuplicateSearch {
  if (maxRows > rowsPossible)
    throw new RangeError(`maxRows is ${maxRows}, but at most ${rowsPossible} are possible`);
  let words = new Uint32Array(2 * partitions * blockWords);
  let blocks = 0;
  /** By partition, where its blocks begin, where its next row goes, and where its last block ends. */
  const starts: number[][] = Array.from({ length: partitions }, () => []);
  const nexts = new Int32Array(partitions);
  const ends = new Int32Array(partitions);
  let lastRow = maxRows;
  let exact = true;

  function addBlock(partition: number): number {
    const start = blocks++ * blockWords;
    if (start === words.length) {
      // Once and at full size: it takes memory only as it is written to.
      const few = words;
      words = new Uint32Array((Math.ceil((maxRows * rowWords) / blockWords) + partitions) * blockWords);
      words.set(few);
    }
    starts[partition]?.push(start);
    ends[partition] = start + blockWords;
    return start;
  }

  function put(row: number, count: number, hashes: Uint32Array): void {
    let kept = words;
    for (let i = 0; i < count; i++) {
      const low = hashes[2 * i] as number;
      const high = hashes[2 * i + 1] as number;
      if (low === 0 && high === 0) continue;
      const partition = high >>> partitionShift;
      let at = nexts[partition] as number;
      if (at === ends[partition]) {
        at = addBlock(partition);
        kept = words;
      }
      kept[at] = low;
      kept[at + 1] = high;
      kept[at + 2] = row + i;
      nexts[partition] = at + rowWords;
    }
  }

  function searchPartition(partition: number, table: Uint32Array, found: Found): void {
    const rows = words;
    const blocksHere = starts[partition] as number[];
    const mask =
      Math.min(table.length, 2 ** Math.ceil(Math.log2((2 * blocksHere.length * blockWords) / rowWords))) - 1;
    table.fill(0, 0, mask + 1);
    for (const start of blocksHere) {
      const end = start === blocksHere.at(-1) ? (nexts[partition] as number) : start + blockWords;
      for (let at = start; at < end; at += rowWords) {
        const low = rows[at] as number;
        let place = low & mask;
        for (; ; place = (place + 1) & mask) {
          const slot = table[place] as number;
          if (slot === 0) {
            table[place] = (at / rowWords + 1) | (low & tagMask);
            break;
          }
          if (((slot ^ low) & tagMask) !== 0) continue;
          const first = ((slot & numberMask) - 1) * rowWords;
          if (rows[first] !== low || rows[first + 1] !== rows[at + 1]) continue;
          found(rows[at + 2] as number, rows[first + 2] as number, (slot & hasSecond) === 0);
          table[place] = slot | hasSecond;
          break;
        }
      }
    }
  }

  return {
    get exact() {
      return exact;
    },
    get lastRow() {
      return lastRow;
    },
    add(row, count, hashes) {
      const kept = Math.max(0, Math.min(count, lastRow - row + 1));
      put(row, kept, hashes);
      if (exact && kept < count) exact = !hashes.subarray(2 * kept, 2 * count).some((word) => word !== 0);
    },
    stop(row) {
      lastRow = Math.min(lastRow, row);
    },
    finish(found) {
      const table = new Uint32Array(maxSlots);
      for (let partition = 0; partition < partitions; partition++) searchPartition(partition, table, found);
      // Whoever keeps the report shall not keep this.
      words = new Uint32Array(0);
    },
  };
}
