import { type CsvRow, createCsvScanner } from './csv-scanner.ts';
import { type CustomerExists, createCustomerCheck } from './customer-check.ts';
import { createErrorRows } from './error-rows.ts';
import type { RowCheck } from './row-check.ts';
import { type CustomerIdentifier, missingCustomer, rowErrors } from './row-errors.ts';

/** How the rows are read, and what they are checked against. */
export interface RedeemedRowOptions {
  readonly identifier: Exclude<CustomerIdentifier, 'NOT_TAGGED'>;
  /** Zero-based columns, from `uploadHeaders`. */
  readonly dateColumn: number;
  readonly customerColumn: number;
  readonly couponColumn: number;
  /** The highest column that `uploadHeaders` names. */
  readonly lastColumn: number;
  readonly customerExists?: CustomerExists | undefined;
}

/**
 * The row rules of the redeemed upload. Capillary documents none: a row fails that lacks a mapped column, whose date is
 * not a whole number, whose coupon cell is empty, or whose customer does not exist (sandbox convention).
 */
export function checkRedeemedRows(options: RedeemedRowOptions): RowCheck {
  const { identifier, dateColumn, customerColumn, couponColumn, lastColumn } = options;
  const customerExists = createCustomerCheck(identifier, options.customerExists);
  const errors = createErrorRows();
  let rows = -1;

  function onRow(row: CsvRow): void {
    // The first row is the header.
    if (++rows === 0) return;
    const problem = problemOf(row);
    if (problem === undefined) return;
    const known = !row.broken && couponColumn < row.cells;
    errors.add(rows, problem, row.bytes, ...(known ? cell(row, couponColumn) : ([0, 0] as const)));
  }

  function problemOf(row: CsvRow): string | undefined {
    if (row.broken) return rowErrors.broken;
    if (row.cells <= lastColumn) return rowErrors.shortRow;
    if (!isWholeNumber(row.bytes, ...cell(row, dateColumn))) return rowErrors.badDate;
    const [from, to] = cell(row, couponColumn);
    if (from === to) return rowErrors.noCoupon;
    return customerExists(row.bytes, ...cell(row, customerColumn)) ? undefined : missingCustomer[identifier];
  }

  const scanner = createCsvScanner({ keepCells: lastColumn + 1, onRow });
  return {
    push: scanner.push,
    end: scanner.end,
    accept: () => ({ rows: Math.max(rows, 0), errors: errors.count, errorRows: errors.list() }),
    discard: () => {},
  };
}

function cell(row: CsvRow, column: number): readonly [start: number, end: number] {
  return [row.starts[column] ?? 0, row.ends[column] ?? 0];
}

function isWholeNumber(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte < 48 || byte > 57) return false;
  }
  return end > start && end - start < 20;
}
