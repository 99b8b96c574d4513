import type { DuplicateProblems } from './duplicate-problems.ts';
import { rowKernel } from './row-kernel.ts';
import { kernelMemory } from './row-kernel-memory.ts';
import type { ScanPlan } from './scan-plan.ts';

/** Reads the rows that nothing is wrong with, fast, and leaves all others alone. */
export interface PlainRows {
  /** To be called before a chunk that was not read from before, or has changed. */
  begin(): void;
  /**
   * Reads at most `maxRows` rows from `from`, where one begins: the data row number `row`, in line `line`. Returns how
   * many it read, perhaps none. Each has one line.
   */
  read(chunk: Buffer, from: number, to: number, maxRows: number, row: number, line: number): number;
  /** Where the next row begins. */
  readonly offset: number;
}

/** Undefined where the plan names a column too far to the right. */
export function createPlainRows(
  plan: ScanPlan,
  uniqueColumn: number | undefined,
  duplicates: DuplicateProblems | undefined,
): PlainRows | undefined {
  const kernel = rowKernel();
  const needed = Math.max(...plan.required.map(({ column }) => column)) + 1;
  if (needed > kernelMemory.maxColumns || (uniqueColumn ?? 0) >= kernelMemory.maxColumns) return undefined;

  let loadedFrom = 0;
  let loadedTo = 0;
  let offset = 0;

  function load(chunk: Buffer, from: number, to: number): void {
    loadedFrom = from;
    loadedTo = from + kernel.load(chunk, from, to);
  }

  function readLoaded(from: number, maxRows: number): number {
    const count = kernel.readRows(from - loadedFrom, loadedTo - loadedFrom, maxRows, needed);
    offset = loadedFrom + kernel.stoppedAt();
    return count;
  }

  return {
    begin() {
      loadedTo = 0;
    },
    read(chunk, from, to, maxRows, row, line) {
      if (from >= loadedTo) load(chunk, from, to);
      kernel.configure(plan.required, duplicates?.exact ? uniqueColumn : undefined);
      let count = readLoaded(from, maxRows);
      if (count === 0 && loadedTo < to && from > loadedFrom) {
        // Perhaps the row is whole when more is loaded.
        load(chunk, from, to);
        count = readLoaded(from, maxRows);
      }
      if (count > 0) duplicates?.addRows(row, line, count, kernel.hashes);
      return count;
    },
    get offset() {
      return offset;
    },
  };
}
