import type { DuplicateProblems } from './duplicate-problems.ts';
import type { RowKernel } from './kernel/row-kernel.ts';
import { kernelMemory } from './kernel/row-kernel-memory.ts';
import type { ProblemList } from './problem-list.ts';
import type { ScanPlan } from './scan-plan.ts';

/** Rows of up to this length may be left to the row reader although they are plain. */
const reloadBytes = 4096;

/**
 * Reads the rows with which nothing is wrong, fast, and leaves all others alone. Once no more problems can be
 * listed, it also reads and counts what is plainly wrong, so that a file full of that takes no longer.
 */
export interface PlainRows {
  /** To be called before a chunk that was not read from yet, or has changed. */
  begin(): void;
  /**
   * Reads at most `maxRows` rows from `from`, where a row begins: data row number `row`, in line `line`.
   * Returns how many it read, perhaps none.
   */
  read(chunk: Buffer, from: number, to: number, maxRows: number, row: number, line: number): number;
  /** Where the next row begins. */
  readonly offset: number;
  /** How many lines the rows of the last call had. */
  readonly lines: number;
}

/** Undefined for a plan that the kernel cannot hold: a column too far to the right, or one with two rules. */
export function createPlainRows(
  kernel: RowKernel,
  plan: ScanPlan,
  problems: ProblemList,
  uniqueColumn: number | undefined,
  duplicates: DuplicateProblems | undefined,
): PlainRows | undefined {
  const columns = plan.required.map(({ column }) => column);
  const needed = Math.max(...columns) + 1;
  if (Math.max(needed, (uniqueColumn ?? 0) + 1) > kernelMemory.maxColumns) return undefined;
  if (new Set(columns).size < columns.length) return undefined;

  let loadedFrom = 0;
  let loadedTo = 0;
  let offset = 0;
  let lines = 0;

  return {
    begin() {
      loadedTo = 0;
    },
    read(chunk, from, to, maxRows, row, line) {
      if (from >= loadedTo || (loadedTo < to && loadedTo - from < reloadBytes)) {
        kernel.configure(plan.required, duplicates?.exact ? uniqueColumn : undefined);
        loadedFrom = from;
        loadedTo = from + kernel.load(chunk, from, to);
      }
      const count = kernel.readRows(from - loadedFrom, loadedTo - loadedFrom, maxRows, needed, problems.full);
      problems.addUnseen(kernel.wrong());
      offset = loadedFrom + kernel.stoppedAt();
      lines = count + kernel.lineEnds();
      if (count > 0) duplicates?.addRows(row, line, count, kernel.hashes);
      return count;
    },
    get offset() {
      return offset;
    },
    get lines() {
      return lines;
    },
  };
}
