/** The public schema's codes. `docs/file-problems.md` says of each what it means and how to mend it. */
export const fileProblemCodes = [
  'EMPTY_FILE',
  'NO_DATA_ROWS',
  'TOO_FEW_COLUMNS',
  'EMPTY_CELL',
  'INVALID_EMAIL',
  'INVALID_MOBILE',
  'INVALID_NUMBER',
  'INVALID_DATE',
  'DUPLICATE_COUPON',
  'UNTERMINATED_QUOTE',
  'INVALID_ENCODING',
  'NOT_CSV',
  'TOO_LARGE',
  'TRUNCATED',
] as const;

/** One of `fileProblemCodes`. */
export type FileProblemCode = (typeof fileProblemCodes)[number];

/** One thing that is wrong with a file, for the person who made it. */
export interface FileProblem {
  readonly code: FileProblemCode;
  /** Physical line, 1-based, the header included. A row that spans several lines is named by its first. */
  readonly line?: number;
  /** Zero-based. */
  readonly column?: number;
  readonly message: string;
}
