import { type CodePool, createCodePoolMemory, openCodePool } from './code-pool.ts';
import { createCodeStore, partitions, restLimit } from './code-store.ts';

const defaultRows = 5_000_000;
/** In the table, marks a code that was found again: a bit above what is kept of a hash. */
const hasSecond = restLimit;

type Found = (row: number, first: number, isSecond: boolean) => void;

/** A search for rows with the same code, by the hashes of the codes. */
export interface DuplicateSearch {
  /**
   * Adds rows from `row` on, numbered from 1 and ascending: two words each in `hashes`, which are the hash of
   * the row's code, low half first, or 0 and 0 where it has none.
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
  /**
   * Lends memory for all codes but the first, some 50,000. When it has no more, the search ends. Default: one
   * of its own.
   */
  readonly pool?: CodePool | undefined;
}

/**
 * Finds the rows that have the same code, for the first `maxRows` rows. It is exact, except that different codes whose
 * hashes agree in 61 bits count as the same: by chance that happens in one of 184,000 files of 5,000,000 rows.
 *
 * One table of all codes would be larger than the caches, and a lookup in it would take longer than everything else
 * that is done for a row. So the codes are only put aside, divided by their hash, and each partition is searched by
 * itself at the end. Memory grows by 8 bytes a row.
 */
export function createDuplicateSearch(options: DuplicateSearchOptions = {}): DuplicateSearch {
  const { maxRows = defaultRows, pool = openCodePool(createCodePoolMemory(maxRows)) } = options;
  const store = createCodeStore(pool);
  let lastRow = maxRows;
  let exact = true;

  function searchPartition(partition: number, table: Table, found: Found): void {
    const { firstRows, lows, rests } = table;
    const mask = Math.min(firstRows.length, slotsFor(store.room(partition))) - 1;
    firstRows.fill(0, 0, mask + 1);
    store.read(partition, (row, low, rest) => {
      for (let place = low & mask; ; place = (place + 1) & mask) {
        const first = firstRows[place] as number;
        if (first === 0) {
          firstRows[place] = row;
          lows[place] = low;
          rests[place] = rest;
          return;
        }
        const kept = rests[place] as number;
        if (lows[place] !== low || (kept & (restLimit - 1)) !== rest) continue;
        rests[place] = kept | hasSecond;
        return found(row, first, (kept & hasSecond) === 0);
      }
    });
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
      const kept = store.add(row, wanted, hashes);
      if (kept < wanted) lastRow = row + kept - 1;
      if (exact && kept < count) exact = !hashes.subarray(2 * kept, 2 * count).some((word) => word !== 0);
    },
    stop(row) {
      lastRow = Math.min(lastRow, row);
    },
    finish(found) {
      const all = Array.from({ length: partitions }, (_, partition) => partition);
      const most = Math.min(mostCodes(maxRows), Math.max(...all.map(store.room)));
      const table = createTable(slotsFor(most));
      for (const partition of all) searchPartition(partition, table, found);
      store.close();
    },
    close: store.close,
  };
}

/** By slot: the first row of a code, 0 in a free slot, and what is kept of its hash. */
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

/**
 * More different codes than chance ever brings into one partition. A file that repeats one code has more
 * entries, which are one to the table.
 */
function mostCodes(rows: number): number {
  const mean = rows / partitions;
  return mean + 8 * Math.sqrt(mean) + 64;
}

/** A table that is at most two thirds full. */
function slotsFor(codes: number): number {
  return 2 ** Math.ceil(Math.log2(1.5 * codes + 1));
}
