import { type CodePool, codeWords, createCodePoolMemory, openCodePool, shareWords } from './code-pool.ts';

/** So many that a partition of five million rows, and its table, fit into a core's own cache. */
const partitions = 128;
/** The upper seven bits of a hash's high half name its partition. */
const partitionBits = 7;

/**
 * Codes are put aside in blocks of one partition each. A code's first word is the low half of its hash, its second what
 * is left of the high half and, in the lowest bits, by how much its row is behind the one before it in its partition. No
 * bits there are a mark: the next row is behind the one that the first word names.
 */
const blockCodes = 256;
const blockWords = blockCodes * codeWords;
const gapBits = 10;
const maxGap = 2 ** gapBits - 1;
/** In the table, of a code that was found again. Above what is kept of a hash. */
const hasSecond = 2 ** (32 - gapBits);
const defaultRows = 5_000_000;

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
  /** Gives back the memory of a search that is not finished. May be called twice. */
  close(): void;
}

/** What a search may hold. */
export interface DuplicateSearchOptions {
  /** Default 5,000,000. */
  readonly maxRows?: number | undefined;
  /** Lends memory for all but the first codes, some 50,000. Where it has no more, the search ends. Default: one of its own. */
  readonly pool?: CodePool | undefined;
}

/**
 * Finds the rows that have the same code, exactly for the first `maxRows` rows but for different codes that agree in 61
 * bits of their hashes, which chance makes in one of 184,000 files of 5,000,000 rows.
 *
 * One table of all codes is larger than the caches, and a lookup in it takes longer than all else that is done for a
 * row. So the codes are only put aside, divided by their hash, and each partition is searched by itself at the end.
 * Memory grows by 8 bytes a row.
 */
export function createDuplicateSearch(options: DuplicateSearchOptions = {}): DuplicateSearch {
  const { maxRows = defaultRows, pool = openCodePool(createCodePoolMemory(maxRows)) } = options;
  /** A share of its own at first, so that no file of usual size has to go without, and then the pool's. */
  let words: Uint32Array = new Uint32Array(shareWords);
  let shareAt = 0;
  let shareEnd = shareWords;
  const shares: number[] = [];
  /** By partition, where its blocks begin, where its next code goes, where its last block ends, and its last row. */
  const starts: number[][] = Array.from({ length: partitions }, () => []);
  const nexts = new Int32Array(partitions);
  const ends = new Int32Array(partitions);
  const rows = new Int32Array(partitions);
  let lastRow = maxRows;
  let exact = true;

  /** False: there is no more memory. */
  function addBlock(partition: number): boolean {
    if (shareAt === shareEnd && !addShare()) return false;
    starts[partition]?.push(shareAt);
    nexts[partition] = shareAt;
    shareAt += blockWords;
    ends[partition] = shareAt;
    return true;
  }

  function addShare(): boolean {
    if (shares.length === 0 && !moveToPool()) return false;
    const start = pool.take();
    if (start === undefined) return false;
    shares.push(start);
    shareAt = start;
    shareEnd = start + shareWords;
    return true;
  }

  /** What was put aside so far becomes the first share of the pool's. */
  function moveToPool(): boolean {
    const start = pool.take();
    if (start === undefined) return false;
    shares.push(start);
    pool.words.set(words, start);
    words = pool.words;
    for (let partition = 0; partition < partitions; partition++) {
      starts[partition] = (starts[partition] as number[]).map((at) => at + start);
      nexts[partition] = (nexts[partition] as number) + start;
      ends[partition] = (ends[partition] as number) + start;
    }
    return true;
  }

  /** The next word of a partition. Undefined: there is no more memory. */
  function placeIn(partition: number): number | undefined {
    if (nexts[partition] === ends[partition] && !addBlock(partition)) return undefined;
    const at = nexts[partition] as number;
    nexts[partition] = at + codeWords;
    return at;
  }

  /** Returns how many of the rows there was room for. */
  function put(row: number, count: number, hashes: Uint32Array): number {
    for (let i = 0; i < count; i++) {
      const low = hashes[2 * i] as number;
      const high = hashes[2 * i + 1] as number;
      if (low === 0 && high === 0) continue;
      const partition = high >>> (32 - partitionBits);
      let gap = row + i - (rows[partition] as number);
      if (gap > maxGap) {
        const mark = placeIn(partition);
        if (mark === undefined) return i;
        words[mark] = row + i - 1;
        words[mark + 1] = 0;
        gap = 1;
      }
      const at = placeIn(partition);
      if (at === undefined) return i;
      words[at] = low;
      words[at + 1] = ((high << partitionBits) & ~maxGap) | gap;
      rows[partition] = row + i;
    }
    return count;
  }

  function searchPartition(partition: number, table: Table, found: Found): void {
    const { firstRows, lows, rests } = table;
    const blocks = starts[partition] as number[];
    const mask = Math.min(firstRows.length, slotsFor(blocks.length * blockCodes)) - 1;
    firstRows.fill(0, 0, mask + 1);
    let row = 0;
    for (const start of blocks) {
      const end = start === blocks.at(-1) ? (nexts[partition] as number) : start + blockWords;
      for (let at = start; at < end; at += codeWords) {
        const low = words[at] as number;
        const second = words[at + 1] as number;
        if (second === 0) {
          row = low;
          continue;
        }
        row += second & maxGap;
        const rest = second >>> gapBits;
        let place = low & mask;
        for (; ; place = (place + 1) & mask) {
          const first = firstRows[place] as number;
          if (first === 0) {
            firstRows[place] = row;
            lows[place] = low;
            rests[place] = rest;
            break;
          }
          const kept = rests[place] as number;
          if (lows[place] !== low || (kept & (hasSecond - 1)) !== rest) continue;
          found(row, first, (kept & hasSecond) === 0);
          rests[place] = kept | hasSecond;
          break;
        }
      }
    }
  }

  function close(): void {
    for (const start of shares.splice(0)) pool.giveBack(start);
    words = new Uint32Array(0);
  }

  return {
    get exact() {
      return exact;
    },
    get lastRow() {
      return lastRow;
    },
    add(row, count, hashes) {
      const wanted = Math.max(0, Math.min(count, lastRow - row + 1));
      const kept = put(row, wanted, hashes);
      if (kept < wanted) lastRow = row + kept - 1;
      if (exact && kept < count) exact = !hashes.subarray(2 * kept, 2 * count).some((word) => word !== 0);
    },
    stop(row) {
      lastRow = Math.min(lastRow, row);
    },
    finish(found) {
      const most = Math.max(...starts.map(({ length }) => length)) * blockCodes;
      const table = createTable(slotsFor(Math.min(most, mostCodes(maxRows))));
      for (let partition = 0; partition < partitions; partition++) searchPartition(partition, table, found);
      close();
    },
    close,
  };
}

/** By slot, the first row of a code, 0 in one that is free, and what is kept of its hash. */
interface Table {
  readonly firstRows: Uint32Array;
  readonly lows: Uint32Array;
  readonly rests: Uint32Array;
}

function createTable(slots: number): Table {
  return {
    firstRows: new Uint32Array(slots),
    lows: new Uint32Array(slots),
    rests: new Uint32Array(slots),
  };
}

/** Different codes in one partition: chance never brings so many. A file of one code has more, which are one to the table. */
function mostCodes(rows: number): number {
  const mean = rows / partitions;
  return mean + 8 * Math.sqrt(mean) + 64;
}

/** A table that is at most two thirds full. */
function slotsFor(codes: number): number {
  return 2 ** Math.ceil(Math.log2(1.5 * codes + 1));
}
