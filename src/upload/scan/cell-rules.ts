import type { FileProblemCode } from './file-problem.ts';

/** What a column holds. */
export type CellRule = 'text' | 'email' | 'mobile' | 'number' | 'epochMillis';

/** How a cell is judged, and what is said of a wrong one. */
export interface CellRuleEntry {
  /** The problem's code. Undefined where no value can be wrong. */
  readonly code: FileProblemCode | undefined;
  /** Gets a trimmed cell that is not empty. True also where nobody knows what upstream makes of it. */
  readonly accepts: (cell: string) => boolean;
  /** What is wrong and how to mend it, to follow the cell in a sentence. */
  readonly advice: (cell: string) => string;
}

const shortened = /^[+-]?\d+([.,]\d+)?E\+?\d+$/i;

function adviceFor(kind: string, mend: string): (cell: string) => string {
  return (cell) =>
    shortened.test(cell)
      ? `is ${kind} that a spreadsheet has shortened: format the column as text, enter the values again and export the file again`
      : `is not ${kind}: ${mend}`;
}

/**
 * What a cell must look like. Each rule refuses only what cannot be right: a false alarm keeps good rows from
 * being uploaded, while upstream finds what is missed here.
 */
export const cellRules: Readonly<Record<CellRule, CellRuleEntry>> = {
  // External ids, tills and coupon codes are free text upstream.
  text: { code: undefined, accepts: () => true, advice: () => '' },
  // Anything more (dots, one "@", a known domain) refuses addresses that exist.
  email: {
    code: 'INVALID_EMAIL',
    accepts: (cell) => between(1, cell.lastIndexOf('@'), cell.length - 2) && !/[ \t-\r]/.test(cell),
    advice: adviceFor('an e-mail address', 'write it as name@example.com, without spaces'),
  },
  // Upstream normalises numbers by country, so the usual separators pass; E.164 allows 15 digits, some dial more.
  mobile: {
    code: 'INVALID_MOBILE',
    accepts: (cell) =>
      cell.length <= 64 && /^\+?[\p{Nd}\s()./-]+$/u.test(cell) && between(4, countDigits(cell), 20),
    advice: adviceFor('a mobile number', 'write 4 to 20 digits, optionally with a leading +'),
  },
  // A 64-bit integer upstream. "12.0" is what some tools write for 12.
  number: {
    code: 'INVALID_NUMBER',
    accepts: (cell) => /^[+-]?\p{Nd}+(\.0*)?$/u.test(cell) && significantDigits(cell) <= 19,
    advice: adviceFor('a whole number', 'write digits only'),
  },
  // 12 to 14 digits are the years 1973 to 5138. Ten digits are seconds: upstream would read them as January 1970.
  epochMillis: {
    code: 'INVALID_DATE',
    accepts: (cell) => /^\+?\p{Nd}{12,14}(\.0*)?$/u.test(cell),
    advice: (cell) =>
      /^\d{9,11}$/.test(cell)
        ? 'looks like a time in seconds: milliseconds since 1970 are needed, so append 000'
        : adviceFor('a time in milliseconds since 1970', 'write 13 digits, e.g. 1603128622000')(cell),
  },
};

function countDigits(cell: string): number {
  return cell.match(/\p{Nd}/gu)?.length ?? 0;
}

function significantDigits(cell: string): number {
  return countDigits((cell.split('.')[0] ?? '').replace(/^[+-]?0*/, ''));
}

function between(low: number, value: number, high: number): boolean {
  return low <= value && value <= high;
}
