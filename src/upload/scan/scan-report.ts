import type { DuplicateProblems } from './duplicate-problems.ts';
import type { FileProblem } from './file-problem.ts';
import type { ProblemList } from './problem-list.ts';

/** The result of a scan. */
export interface ScanReport {
  /** Data rows: neither the header nor empty lines. */
  readonly rows: number;
  /** Of the header. */
  readonly columns: number;
  /** The first `maxProblems` in the order of the file; for a file that is wrong as a whole, that problem alone. */
  readonly problems: readonly FileProblem[];
  /** All that were found. */
  readonly problemCount: number;
  /** Why the file must be refused, whatever the policy for row problems. */
  readonly wholeFileProblem: FileProblem | undefined;
  /** What the user should know besides problems, in whole sentences. */
  readonly notes: readonly string[];
}

interface ScanEnd extends Pick<ScanReport, 'rows' | 'columns' | 'wholeFileProblem'> {
  readonly problems: ProblemList;
  readonly duplicates: DuplicateProblems | undefined;
}

/** Reports a scan that is over. */
export function scanReport({ rows, columns, problems, duplicates, wholeFileProblem }: ScanEnd): ScanReport {
  return {
    rows,
    columns,
    problems: wholeFileProblem === undefined ? problems.kept : [wholeFileProblem],
    problemCount: wholeFileProblem === undefined ? problems.count : 1,
    wholeFileProblem,
    notes: !duplicates || duplicates.exact ? [] : [notSearched(duplicates.lastRow)],
  };
}

function notSearched(lastRow: number): string {
  const rows = lastRow.toLocaleString('en');
  return `Only the first ${rows} rows were searched for duplicate codes. Capillary will find those further on.`;
}
