import { createDuplicateSearch, type DuplicateSearchOptions } from './duplicates/duplicate-search.ts';
import type { RowKernel } from './kernel/row-kernel.ts';
import type { ProblemList } from './problem-list.ts';
import { createRowLines } from './row-lines.ts';

/** Finds codes that occur twice, and lists every row that has one. Rows are counted from 1, data rows only. */
export interface DuplicateProblems {
  /** Takes a row's code, trimmed and not empty. */
  addCode(row: number, line: number, code: string): void;
  /** Takes `count` rows, each of one line but the last; `row` and `line` are the first's, `hashes` the kernel's. */
  addRows(row: number, line: number, count: number, hashes: Uint32Array): void;
  /** False once a code was not searched, because the file has more rows than the search can hold. */
  readonly exact: boolean;
  /** Rows up to this one were searched. */
  readonly lastRow: number;
  /** All rows were added: lists the problems. */
  finish(): void;
  /** Gives back the memory of a search that is not finished. May be called twice. */
  close(): void;
}

/** Codes match as upstream compares them: trimmed, and in any case of letters. `column` is where they stand. */
export function createDuplicateProblems(
  kernel: RowKernel,
  column: number,
  problems: ProblemList,
  options: DuplicateSearchOptions = {},
): DuplicateProblems {
  const search = createDuplicateSearch(options);
  const lines = createRowLines();

  function addRows(row: number, line: number, count: number, hashes: Uint32Array): void {
    if (!lines.note(row, line)) search.stop(row - 1);
    search.add(row, count, hashes);
  }

  return {
    addRows,
    addCode(row, line, code) {
      kernel.hashText(code);
      addRows(row, line, 1, kernel.hashes);
    },
    get exact() {
      return search.exact;
    },
    get lastRow() {
      return search.lastRow;
    },
    finish() {
      search.finish((row, first, isSecond) => {
        const line = lines.lineOf(row);
        const firstLine = lines.lineOf(first);
        const advice = 'Capillary rejects every row with a duplicate code: keep only one.';
        if (isSecond) {
          problems.add('DUPLICATE_COUPON', firstLine, column, () => {
            return `The coupon code in line ${firstLine} appears again in line ${line}. ${advice}`;
          });
        }
        problems.add('DUPLICATE_COUPON', line, column, () => {
          return `The coupon code in line ${line} already appears in line ${firstLine}. ${advice}`;
        });
      });
    },
    close: search.close,
  };
}
