/** Identifiers of a customer in an upload; `NOT_TAGGED` for coupon codes without customers. */
export type CustomerIdentifier = 'MOBILE' | 'EXTERNAL_ID' | 'EMAIL' | 'USER_ID' | 'NOT_TAGGED';

/**
 * Why a row was rejected. The texts of the first block are Capillary's own, slips included (upstream contract,
 * section 4); those of the second block are a sandbox convention.
 */
export const rowErrors = {
  repeated: 'duplicate coupons provided in the same file',
  usedUntagged: 'coupon code already used in this org - duplicate coupons created entry',
  usedTagged: 'Coupon code is already used in this org',

  noCode: 'coupon code is missing',
  noCoupon: 'coupon id or code is missing',
  shortRow: 'row has fewer columns than uploadHeaders names',
  badDate: 'redeemed date in millis is not a number',
  broken: 'row cannot be read',
} as const;

/** The text for a customer that does not exist. */
export const missingCustomer: Readonly<Record<Exclude<CustomerIdentifier, 'NOT_TAGGED'>, string>> = {
  USER_ID: 'userid is not valid or is inactive',
  MOBILE: 'user does not exist with the provided mobile',
  EMAIL: 'User does not with the provided email',
  EXTERNAL_ID: 'user does not exist with the provided external id',
};

/** A rejected row. `row` counts data rows from 1. */
export interface ErrorRow {
  readonly row: number;
  readonly message: string;
  readonly couponCode: string;
}
