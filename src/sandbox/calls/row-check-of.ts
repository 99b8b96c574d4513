import type { JobKind } from '../jobs/job.ts';
import { checkCouponRows } from '../rows/check-coupon-rows.ts';
import { checkRedeemedRows } from '../rows/check-redeemed-rows.ts';
import type { CustomerExists } from '../rows/customer-check.ts';
import type { OrgCodes } from '../rows/org-codes.ts';
import type { RowCheck } from '../rows/row-check.ts';

/** What rows are checked against, for either kind of upload. */
export interface RowCheckOptions {
  readonly codes: OrgCodes;
  readonly customerExists?: CustomerExists | undefined;
}

type Fields = Readonly<Record<string, string>>;

const customers = ['MOBILE', 'EXTERNAL_ID', 'EMAIL', 'USER_ID'] as const;
const customerKeys = {
  MOBILE: 'mobile',
  EXTERNAL_ID: 'externalId',
  EMAIL: 'email',
  USER_ID: 'userId',
} as const;
const couponKeys: Readonly<Record<string, string>> = { COUPON_ID: 'couponId', COUPON_CODE: 'couponCode' };
const headerKeys: ReadonlySet<string> = new Set([
  'redeemedDateInMillis',
  'redeemedAt',
  ...Object.values(customerKeys),
  ...Object.values(couponKeys),
  'billId',
  'billNumber',
  'details',
]);
const maxColumn = 1023;

/**
 * Turns the text parts of an upload (upstream contract, section 1) into the check of its rows, or into a text
 * that says what is wrong with them, for a 400 (convention).
 */
export function rowCheckOf(kind: JobKind, fields: Fields, options: RowCheckOptions): RowCheck | string {
  return kind === 'COUPON_BATCH' ? couponCheck(fields, options) : redeemedCheck(fields, options);
}

function couponCheck(fields: Fields, options: RowCheckOptions): RowCheck | string {
  const { customerIdentifier, customerIdentifierColumn: text = '0' } = fields;
  const identifier = [...customers, 'NOT_TAGGED' as const].find((one) => one === customerIdentifier);
  if (identifier === undefined) return badChoice('customerIdentifier', [...customers, 'NOT_TAGGED']);
  const identifierColumn = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(identifierColumn <= maxColumn)) return badColumn('customerIdentifierColumn');
  return checkCouponRows({ ...options, identifier, identifierColumn });
}

function redeemedCheck(fields: Fields, options: RowCheckOptions): RowCheck | string {
  const { customerIdentifier, couponIdentifier = '', uploadHeaders } = fields;
  const identifier = customers.find((one) => one === customerIdentifier);
  if (identifier === undefined) return badChoice('customerIdentifier', customers);
  const couponKey = couponKeys[couponIdentifier];
  if (couponKey === undefined) return badChoice('couponIdentifier', Object.keys(couponKeys));
  const columns = readHeaders(uploadHeaders);
  if (typeof columns === 'string') return columns;
  const required = ['redeemedDateInMillis', 'redeemedAt', customerKeys[identifier], couponKey];
  const missing = required.find((key) => !columns.has(key));
  if (missing !== undefined) return `uploadHeaders lacks ${missing}.`;
  return checkRedeemedRows({
    ...options,
    identifier,
    dateColumn: columns.get('redeemedDateInMillis') ?? 0,
    // Of several identifiers in a row, userId and couponId win.
    customerColumn: columns.get('userId') ?? columns.get(customerKeys[identifier]) ?? 0,
    couponColumn: columns.get('couponId') ?? columns.get(couponKey) ?? 0,
    lastColumn: Math.max(...columns.values()),
  });
}

function readHeaders(text: string | undefined): Map<string, number> | string {
  const parsed = parseObject(text);
  if (parsed === undefined) return 'uploadHeaders is not a JSON object.';
  const columns = new Map<string, number>();
  for (const [key, column] of Object.entries(parsed)) {
    if (!headerKeys.has(key)) return `uploadHeaders has an unknown key ${key}.`;
    const valid =
      typeof column === 'number' && Number.isInteger(column) && column >= 0 && column <= maxColumn;
    if (!valid) return badColumn(`uploadHeaders.${key}`);
    columns.set(key, column);
  }
  return columns;
}

function parseObject(text: string | undefined): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function badChoice(name: string, choices: readonly string[]): string {
  return `${name} must be one of ${choices.join(', ')}.`;
}

function badColumn(name: string): string {
  return `${name} must be a whole number from 0 to ${maxColumn}.`;
}
