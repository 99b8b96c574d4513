import type { FileProblem, FileProblemCode } from './file-problem.ts';
import { maxCount } from './max-count.ts';

/** The problems of a file's rows. */
export interface ProblemList {
  /** Counts a problem; `message` is called only when the problem is among the first in file order. */
  add(code: FileProblemCode, line: number, column: number, message: () => string): void;
  /** Counts problems that come after all that are kept, when there is no room for more. */
  addUnseen(count: number): void;
  /** Whether as many are kept as there is room for. */
  readonly full: boolean;
  /** The first problems by line, then column. */
  readonly kept: readonly FileProblem[];
  /** All that were added; 2,147,483,647 when there are more. */
  readonly count: number;
}

interface Kept extends FileProblem {
  readonly line: number;
  readonly column: number;
}

/**
 * Keeps the first `limit` problems (default 100) in the order of the file, and counts all. They need not come
 * in that order: the first row of a duplicate is known to be a problem only when the second turns up.
 */
export function createProblemList(limit = 100): ProblemList {
  const kept: Kept[] = [];
  let count = 0;
  return {
    kept,
    get count() {
      // Every cell of a row may be one: a file can have more problems than an `Int` can tell.
      return Math.min(count, maxCount);
    },
    get full() {
      return kept.length === limit;
    },
    addUnseen(more) {
      count += more;
    },
    add(code, line, column, message) {
      count++;
      let at = kept.length;
      while (at > 0 && isBefore(line, column, kept[at - 1] as Kept)) at--;
      if (at === limit) return;
      kept.splice(at, 0, { code, line, column, message: message() });
      if (kept.length > limit) kept.pop();
    },
  };
}

function isBefore(line: number, column: number, other: Kept): boolean {
  return line < other.line || (line === other.line && column < other.column);
}
