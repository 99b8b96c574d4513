import { createCodeHash } from './code-hash.ts';
import { createDuplicateSearch } from './duplicate-search.ts';
import type { ProblemList } from './problem-list.ts';
import { createRowLines } from './row-lines.ts';
import { showCell } from './show-cell.ts';

/** Finds codes that stand twice, and lists every row that has one. */
export interface DuplicateProblems {
  /** `row` counts data rows from 1, `line` is the row's; `code` is trimmed and not empty. */
  addText(row: number, line: number, code: string): void;
  /** False once a row was not searched, because the file is past what the search can hold. */
  readonly exact: boolean;
  /** Rows from 1 to this one were searched. */
  readonly lastRow: number;
}

/** Codes match as upstream compares them: trimmed, whatever their case. `column` is where they stand. */
export function createDuplicateProblems(
  column: number,
  problems: ProblemList,
  maxExactRows?: number,
): DuplicateProblems {
  const hashCode = createCodeHash();
  const search = createDuplicateSearch(maxExactRows);
  const lines = createRowLines();
  let exact = true;

  return {
    get exact() {
      return exact;
    },
    get lastRow() {
      return search.lastRow;
    },
    addText(row, line, code) {
      if (!lines.note(row, line)) search.stop(row - 1);
      const bytes = Buffer.from(code.toLowerCase());
      const hash = hashCode(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
      const first = search.add(row, hash.low, hash.high);
      if (first === 0) return;
      if (first < 0) {
        exact = false;
        return;
      }
      const firstLine = lines.lineOf(first);
      const reject = 'upstream rejects every row of a code that stands twice. Keep one of them.';
      if (search.claimFirst(first)) {
        problems.add('DUPLICATE_COUPON', firstLine, column, () => {
          return `The coupon code ${showCell(code)} stands in line ${firstLine} and again in line ${line}: ${reject}`;
        });
      }
      problems.add('DUPLICATE_COUPON', line, column, () => {
        return `The coupon code ${showCell(code)} in line ${line} stands already in line ${firstLine}: ${reject}`;
      });
    },
  };
}
