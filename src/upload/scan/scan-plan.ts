import type { CouponIdentifier, CustomerIdentifier, UploadForm } from '../../capillary/upload-form.ts';
import type { CellRule } from './cell-rules.ts';

type ColumnsOf<Form> = Form extends UploadForm ? Omit<Form, 'couponSeriesId' | 'details'> : never;
/** What the scanner must know of an upload: how its form explains the columns. */
export type ScanInput = ColumnsOf<UploadForm>;

/** A column that every row must fill. */
export interface RequiredColumn {
  readonly column: number;
  /** As messages call it. */
  readonly name: string;
  readonly rule: CellRule;
}

/** What the scanner checks. */
export interface ScanPlan {
  readonly required: readonly RequiredColumn[];
  /** Columns that the caller names, so the header must have them; a row may leave them empty or out. */
  readonly optional: readonly { readonly column: number; readonly name: string }[];
  /** The column whose values must differ, by the number of columns in the header. Undefined: no search. */
  readonly uniqueColumn: (headerColumns: number) => number | undefined;
}

const identifierRules: Readonly<Record<CustomerIdentifier | CouponIdentifier, CellRule>> = {
  MOBILE: 'mobile',
  EMAIL: 'email',
  EXTERNAL_ID: 'text', // the brand's own ids: any text
  USER_ID: 'number', // a long upstream
  COUPON_ID: 'number', // a long upstream
  COUPON_CODE: 'text', // the series decides what a code looks like
};

/** What to check in the file of an upload: which columns, by which rules, and where no code may occur twice. */
export function scanPlan(input: ScanInput): ScanPlan {
  if (input.kind === 'REDEEMED_COUPONS') {
    const { columns } = input;
    return {
      required: [
        { column: columns.redeemedDateInMillis, name: 'redeemed date', rule: 'epochMillis' },
        // A till id. Every sample is a number, but no document says that it must be.
        { column: columns.redeemedAt, name: 'redeemed at', rule: 'text' },
        {
          column: columns.customerIdentifier,
          name: 'customer identifier',
          rule: identifierRules[input.customerIdentifier],
        },
        {
          column: columns.couponIdentifier,
          name: 'coupon identifier',
          rule: identifierRules[input.couponIdentifier],
        },
      ],
      optional: [
        { column: columns.billId, name: 'bill id' },
        { column: columns.billNumber, name: 'bill number' },
        { column: columns.details, name: 'details' },
      ].flatMap(({ column, name }) => (typeof column === 'number' ? [{ column, name }] : [])),
      // A coupon may be redeemed more than once, so a repeat is no fault.
      uniqueColumn: () => undefined,
    };
  }
  if (input.customerIdentifier === 'NOT_TAGGED') {
    return {
      required: [{ column: 0, name: 'coupon code', rule: 'text' }],
      optional: [],
      uniqueColumn: () => 0,
    };
  }
  const identifier = input.customerIdentifierColumn;
  return {
    required: [
      { column: identifier, name: 'customer identifier', rule: identifierRules[input.customerIdentifier] },
    ],
    optional: [],
    // "The code is the column that is not customerIdentifierColumn" names one column only where there are two. An
    // empty code passes there: upstream may make one.
    uniqueColumn: (headerColumns) => (headerColumns === 2 && identifier < 2 ? 1 - identifier : undefined),
  };
}
