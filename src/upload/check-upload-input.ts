import type { CouponBatchForm, RedeemedCouponsForm } from '../capillary/upload-form.ts';
import { isSeriesId } from '../jobs/job-id.ts';
import type { InvalidInputError } from './upload-result.ts';

export interface UploadOptions {
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
  readonly maxRowsPerJob?: number | null | undefined;
  readonly rowProblems?: 'REPORT' | 'REJECT' | null | undefined;
}

type Nullable<T> = { readonly [K in keyof T]: T[K] | null | undefined };
type Input<T, Optional extends keyof T> = Omit<T, Optional | 'kind'> & Partial<Nullable<Pick<T, Optional>>>;
type CouponBatchInput = Input<CouponBatchForm, 'customerIdentifierColumn'>;
type RedeemedCouponsInput = Input<RedeemedCouponsForm, 'details'>;

export type Checked<Form> = { readonly form: Form } | { readonly refusal: InvalidInputError };

/** Upstream would take some of these and do something else than the person meant: they are refused before the file is read. */
export function checkCouponBatchInput(input: CouponBatchInput): Checked<CouponBatchForm> {
  const { couponSeriesId, customerIdentifier, customerIdentifierColumn: column } = input;
  if (!isSeriesId(couponSeriesId)) return refuseSeries();
  if (customerIdentifier === 'NOT_TAGGED' && column != null) {
    return refuse(
      'customerIdentifierColumn',
      'NOT_TAGGED files hold coupon codes only: leave the column out.',
    );
  }
  if (customerIdentifier !== 'NOT_TAGGED' && column == null) {
    const message = `Say which column holds the ${customerIdentifier}: its zero-based position.`;
    return refuse('customerIdentifierColumn', message);
  }
  if (column != null && !isColumn(column)) return refuse('customerIdentifierColumn', columnMessage(column));
  const customerIdentifierColumn = column ?? undefined;
  return { form: { kind: 'COUPON_BATCH', couponSeriesId, customerIdentifier, customerIdentifierColumn } };
}

/** Every column a position that a file can have, and no two the same. */
export function checkRedeemedCouponsInput(input: RedeemedCouponsInput): Checked<RedeemedCouponsForm> {
  const { couponSeriesId, customerIdentifier, couponIdentifier, columns, details } = input;
  if (!isSeriesId(couponSeriesId)) return refuseSeries();
  const seen = new Map<number, string>();
  for (const [name, column] of Object.entries(columns) as [string, number | null | undefined][]) {
    if (column == null) continue;
    if (!isColumn(column)) return refuse(`columns.${name}`, columnMessage(column));
    const other = seen.get(column);
    if (other) return refuse(`columns.${name}`, `Column ${column} is already taken by "${other}".`);
    seen.set(column, name);
  }
  if (details && details.length > maxDetailsLength) {
    return refuse('details', `The note is longer than ${maxDetailsLength} characters.`);
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

/** `undefined` when nothing is wrong. An option that nothing would come of is refused rather than passed over. */
export function checkUploadOptions(options: UploadOptions): InvalidInputError | undefined {
  const later = (name: string) =>
    refuse(`options.${name}`, 'This version does not have this option yet.').refusal;
  if (options.idempotencyKey != null) return later('idempotencyKey');
  if (options.dryRun) return later('dryRun');
  if (options.maxRowsPerJob != null) return later('maxRowsPerJob');
  if (options.rowProblems === 'REJECT') return later('rowProblems');
  return undefined;
}

const maxDetailsLength = 10_000;
const maxColumn = 9_999;

function isColumn(column: number): boolean {
  return Number.isInteger(column) && column >= 0 && column <= maxColumn;
}

function columnMessage(column: number): string {
  return `A column is a zero-based position from 0 to ${maxColumn}, but this is ${column}.`;
}

function refuseSeries() {
  return refuse('couponSeriesId', 'A coupon series id is a positive whole number, as 541854.');
}

function refuse(field: string, message: string): { readonly refusal: InvalidInputError } {
  return { refusal: { __typename: 'InvalidInputError', message, field: `input.${field}` } };
}
