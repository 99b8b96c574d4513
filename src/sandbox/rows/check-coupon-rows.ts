import { type CsvRow, createCsvScanner } from './csv-scanner.ts';
import { type CustomerExists, createCustomerCheck } from './customer-check.ts';
import { createErrorRows } from './error-rows.ts';
import { FAILED, type OrgCodes, REPEATED } from './org-codes.ts';
import type { RowCheck } from './row-check.ts';
import { type CustomerIdentifier, missingCustomer, rowErrors } from './row-errors.ts';

/** How the rows are read, and what they are checked against. */
export interface CouponRowOptions {
  readonly identifier: CustomerIdentifier;
  /** Zero-based; without meaning for `NOT_TAGGED`. */
  readonly identifierColumn: number;
  readonly codes: OrgCodes;
  readonly customerExists?: CustomerExists | undefined;
}

/** The bits of a code's note that hold the row that had it first. */
const ROW = 0x3fffffff;

/**
 * The row rules of the coupon upload (upstream contract, section 4). A code that the file repeats fails in every row,
 * so the first one is counted when the second is met. Convention: a row whose customer is missing does not use its code up.
 */
export function checkCouponRows(options: CouponRowOptions): RowCheck {
  const { identifier, identifierColumn, codes } = options;
  const tagged = identifier !== 'NOT_TAGGED';
  const customerExists = createCustomerCheck(identifier, options.customerExists);
  const missing = tagged ? missingCustomer[identifier] : '';
  const used = tagged ? rowErrors.usedTagged : rowErrors.usedUntagged;
  const errors = createErrorRows();
  const upload = codes.open();
  const { hash } = upload;
  let codeColumn: number | undefined;
  let rows = 0;

  function onRow(row: CsvRow): void {
    if (codeColumn === undefined) {
      codeColumn = codeColumnOf(row.cells);
      return;
    }
    rows++;
    if (row.broken) {
      errors.add(rows, rowErrors.broken);
      return;
    }
    const kept = codeColumn >= 0 && codeColumn < row.cells;
    const start = kept ? (row.starts[codeColumn] as number) : 0;
    const end = kept ? (row.ends[codeColumn] as number) : 0;
    const customer = !tagged || hasCustomer(row);
    if (start < end) checkCode(row.bytes, start, end, customer);
    else if (!customer) errors.add(rows, missing);
    else if (codeColumn >= 0) errors.add(rows, rowErrors.noCode);
  }

  function codeColumnOf(columns: number): number {
    if (!tagged) return 0;
    if (columns === 1) return -1;
    return identifierColumn === 0 ? 1 : 0;
  }

  function hasCustomer(row: CsvRow): boolean {
    if (identifierColumn >= row.cells) return false;
    return customerExists(row.bytes, row.starts[identifierColumn] ?? 0, row.ends[identifierColumn] ?? 0);
  }

  function checkCode(bytes: Buffer, start: number, end: number, customer: boolean): void {
    hash.of(bytes, start, end);
    const slot = upload.find();
    if (slot >= 0) {
      const note = upload.noteAt(slot);
      if ((note & (FAILED | REPEATED)) === 0) errors.add(note & ROW, rowErrors.repeated, bytes, start, end);
      upload.setNoteAt(slot, note | REPEATED);
      errors.add(rows, rowErrors.repeated, bytes, start, end);
      return;
    }
    const taken = codes.has(hash);
    const failed = taken || !customer;
    if (failed) errors.add(rows, taken ? used : missing, bytes, start, end);
    upload.add(failed ? rows | FAILED : rows);
  }

  const scanner = createCsvScanner({ keepCells: Math.max(identifierColumn, 1) + 1, onRow });
  return {
    push: scanner.push,
    end: scanner.end,
    accept: () => {
      // Two uploads at once may bring the same code: it goes to the one that ends first.
      const late = upload.keep();
      for (let i = 0; i < late; i++) errors.add(rows, used);
      return { rows, errors: errors.count, errorRows: errors.list() };
    },
    discard: () => {
      upload.drop();
    },
  };
}
