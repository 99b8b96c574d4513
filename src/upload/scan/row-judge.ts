import { cellRules } from './cell-rules.ts';
import type { ProblemList } from './problem-list.ts';
import type { Row } from './row-reader.ts';
import type { RequiredColumn } from './scan-plan.ts';
import { showCell } from './show-cell.ts';
import { trimCell } from './trim-cell.ts';

/**
 * Checks a row's required cells and lists what is wrong with it. Returns false when the row is too short: that is then
 * its one problem, and its other cells may stand in the wrong columns.
 */
export type JudgeRow = (row: Row) => boolean;

/** `required` holds at least one column. */
export function createRowJudge(required: readonly RequiredColumn[], problems: ProblemList): JudgeRow {
  return (row) => {
    const missing = required.find(({ column }) => column >= row.columns);
    if (missing !== undefined) {
      const { line, columns } = row;
      problems.add('TOO_FEW_COLUMNS', line, missing.column, () => {
        const has = columns === 1 ? '1 column' : `${columns} columns`;
        return `Line ${line} has ${has}, so it lacks column ${missing.column} (${missing.name}). Columns are counted from 0.`;
      });
      return false;
    }
    for (const { column, name, rule } of required) {
      const text = row.cell(column);
      if (text === undefined) continue; // Too long to be kept, so in doubt.
      const cell = trimCell(text);
      const { line } = row;
      if (cell === '') {
        problems.add('EMPTY_CELL', line, column, () => {
          return `Line ${line} has nothing in column ${column} (${name}), but every row needs a value there.`;
        });
        continue;
      }
      const { code, accepts, advice } = cellRules[rule];
      if (code === undefined || accepts(cell)) continue;
      problems.add(code, line, column, () => {
        return `Line ${line}, column ${column} (${name}): ${showCell(cell)} ${advice(cell)}.`;
      });
    }
    return true;
  };
}
