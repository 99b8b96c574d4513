import type { CouponBatchForm, RedeemedCouponsForm } from '../../capillary/upload-form.ts';
import { isSeriesId } from '../../jobs/job-id.ts';
import { type InvalidInputError, refuseInput } from '../result/upload-result.ts';

type Nullable<T> = { readonly [K in keyof T]: T[K] | null | undefined };
type Input<T, Optional extends keyof T> = Omit<T, Optional | 'kind'> & Partial<Nullable<Pick<T, Optional>>>;
type CouponBatchInput = Input<CouponBatchForm, 'customerIdentifierColumn'>;
type RedeemedCouponsInput = Input<RedeemedCouponsForm, 'details'>;

/** The result of a check: the form that goes upstream, or what the caller is told. */
export type Checked<Form> = { readonly form: Form } | { readonly refusal: InvalidInputError };

/**
 * Checks an input before the file is read: upstream would accept some of these mistakes, and do something
 * else than was meant.
 */
export function checkCouponBatchInput(input: CouponBatchInput): Checked<CouponBatchForm> {
  const { couponSeriesId, customerIdentifier, customerIdentifierColumn } = input;
  const refuse = (message: string) => refuseInput('customerIdentifierColumn', message);
  if (!isSeriesId(couponSeriesId)) return refuseSeries();
  if (customerIdentifier === 'NOT_TAGGED') {
    return customerIdentifierColumn == null
      ? { form: { kind: 'COUPON_BATCH', couponSeriesId, customerIdentifier } }
      : refuse('NOT_TAGGED files contain only coupon codes: omit the column.');
  }
  if (customerIdentifierColumn == null) {
    return refuse(`With ${customerIdentifier}, give the column that contains it, counted from 0.`);
  }
  if (!isColumn(customerIdentifierColumn)) return refuse(columnMessage(customerIdentifierColumn));
  return { form: { kind: 'COUPON_BATCH', couponSeriesId, customerIdentifier, customerIdentifierColumn } };
}

/** The same; every column must be a position that a file can have, and no two the same. */
export function checkRedeemedCouponsInput(input: RedeemedCouponsInput): Checked<RedeemedCouponsForm> {
  const { couponSeriesId, customerIdentifier, couponIdentifier, columns, details } = input;
  if (!isSeriesId(couponSeriesId)) return refuseSeries();
  const seen = new Map<number, string>();
  for (const [name, column] of Object.entries(columns) as [string, number | null | undefined][]) {
    if (column == null) continue;
    if (!isColumn(column)) return refuseInput(`columns.${name}`, columnMessage(column));
    const other = seen.get(column);
    if (other) return refuseInput(`columns.${name}`, `Column ${column} is already taken by "${other}".`);
    seen.set(column, name);
  }
  if (details && details.length > maxDetailsLength) {
    return refuseInput('details', `The note is longer than ${maxDetailsLength} characters.`);
  }
  if (details && (noText.test(details) || !details.isWellFormed())) {
    return refuseInput(
      'details',
      'The note contains characters that are not text, such as NUL or half a surrogate pair.',
    );
  }
  return {
    form: {
      kind: 'REDEEMED_COUPONS',
      couponSeriesId,
      customerIdentifier,
      couponIdentifier,
      columns,
      details: details ?? undefined,
    },
  };
}

const maxDetailsLength = 10_000;
// Control characters other than tabs and line ends.
const noText = /(?![\t\r\n])\p{Cc}/u;
const maxColumn = 9_999;

function isColumn(column: number): boolean {
  return Number.isInteger(column) && column >= 0 && column <= maxColumn;
}

function columnMessage(column: number): string {
  return `Columns are counted from 0 to ${maxColumn}, but this is ${column}.`;
}

function refuseSeries() {
  return refuseInput(
    'couponSeriesId',
    'A coupon series id is a positive whole number of at most 63 bits, for example 541854.',
  );
}
