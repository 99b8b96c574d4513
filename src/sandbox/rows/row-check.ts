import type { ErrorRow } from './row-errors.ts';

/** Counts of a file that was read to its end. */
export interface RowCounts {
  /** Data rows, good and bad. */
  readonly rows: number;
  readonly errors: number;
  /** The first of the rejected rows, in the order of the file. */
  readonly errorRows: readonly ErrorRow[];
}

/** Reads a CSV as it comes in. Ends by `accept` or `discard`. */
export interface RowCheck {
  push(chunk: Buffer): void;
  end(): void;
  /** To be called after `end`: the codes of the file become those of a job. */
  accept(): RowCounts;
  /** Nothing came of the upload: forgets its codes. */
  discard(): void;
}

/** Counts nothing, for uploads where only the bytes matter. */
export const noRowCheck: RowCheck = {
  push: () => {},
  end: () => {},
  accept: () => ({ rows: 0, errors: 0, errorRows: [] }),
  discard: () => {},
};
