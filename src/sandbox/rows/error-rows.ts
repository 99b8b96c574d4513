import type { ErrorRow } from './row-errors.ts';

const maxKept = 1_000;

/** Counts rejected rows and keeps the first 1,000 of them. */
export interface ErrorRows {
  readonly count: number;
  add(row: number, message: string, bytes?: Buffer, start?: number, end?: number): void;
  /** In the order of the file. */
  list(): readonly ErrorRow[];
}

/** Texts are decoded only for the rows that are kept. */
export function createErrorRows(): ErrorRows {
  const kept: ErrorRow[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    add: (row, message, bytes, start, end) => {
      count++;
      if (kept.length < maxKept)
        kept.push({ row, message, couponCode: bytes?.toString('utf8', start, end) ?? '' });
    },
    list: () => kept.toSorted((a, b) => a.row - b.row),
  };
}
