/** Tells in which line a row stood, without storing a number for every row. */
export interface RowLines {
  /** Rows come in order, numbered from 1. Returns false when there is no room left for an irregular one. */
  note(row: number, line: number): boolean;
  /** The line of a row that was noted, or that followed one regularly: one line a row. */
  lineOf(row: number): number;
}

/**
 * Most files have one line per row, so only the rows are stored at which the difference between line and row
 * number changes: those after an empty line or a cell with line ends. At most `maxIrregular` of them (default
 * 1,000,000, 8 MB).
 */
export function createRowLines(maxIrregular = 1_000_000): RowLines {
  let rows = new Uint32Array(64);
  let lines = new Uint32Array(64);
  let count = 0;
  let ahead = Number.NaN;

  function grow(old: Uint32Array): Uint32Array<ArrayBuffer> {
    const grown = new Uint32Array(Math.min(old.length * 2, maxIrregular));
    grown.set(old);
    return grown;
  }

  return {
    note(row, line) {
      if (line - row === ahead) return true;
      if (count === maxIrregular) return false;
      if (count === rows.length) {
        rows = grow(rows);
        lines = grow(lines);
      }
      rows[count] = row;
      lines[count++] = line;
      ahead = line - row;
      return true;
    },
    lineOf(row) {
      let low = 0;
      let high = count - 1;
      while (low < high) {
        const middle = (low + high + 1) >>> 1;
        if ((rows[middle] as number) <= row) low = middle;
        else high = middle - 1;
      }
      return (lines[low] as number) + row - (rows[low] as number);
    },
  };
}
