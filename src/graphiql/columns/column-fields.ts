import type { UploadMutation } from '../operation/upload-fields.ts';
import type { ColumnName } from './column-names.ts';

/** One line of the column mapper. */
export interface ColumnField {
  /** The path within `input` that it fills. */
  readonly part: string;
  readonly label: string;
  readonly isRequired: boolean;
  /**
   * The kinds that the column may be of; `kindPart` of `input` says which. The guess is the first one that
   * the header has.
   */
  readonly kinds?: readonly ColumnName[];
  readonly kindPart?: string;
  /** The kind that means that there is no such column. */
  readonly noColumnKind?: string;
  /** The name to guess by, where there is only one kind. */
  readonly name?: ColumnName;
}

/** What the mapper asks for, for each upload mutation. The order of kinds is upstream's precedence. */
export const columnFields: Readonly<Record<UploadMutation, readonly ColumnField[]>> = {
  uploadCouponBatch: [
    {
      part: 'customerIdentifierColumn',
      label: 'Customer',
      isRequired: true,
      kinds: ['USER_ID', 'EXTERNAL_ID', 'MOBILE', 'EMAIL'],
      kindPart: 'customerIdentifier',
      noColumnKind: 'NOT_TAGGED',
    },
  ],
  uploadRedeemedCoupons: [
    {
      part: 'columns.redeemedDateInMillis',
      label: 'Date (epoch ms)',
      isRequired: true,
      name: 'redeemedDateInMillis',
    },
    { part: 'columns.redeemedAt', label: 'Till', isRequired: true, name: 'redeemedAt' },
    {
      part: 'columns.customerIdentifier',
      label: 'Customer',
      isRequired: true,
      kinds: ['USER_ID', 'EXTERNAL_ID', 'MOBILE', 'EMAIL'],
      kindPart: 'customerIdentifier',
    },
    {
      part: 'columns.couponIdentifier',
      label: 'Coupon',
      isRequired: true,
      kinds: ['COUPON_ID', 'COUPON_CODE'],
      kindPart: 'couponIdentifier',
    },
    { part: 'columns.billId', label: 'Bill id', isRequired: false, name: 'billId' },
    { part: 'columns.billNumber', label: 'Bill number', isRequired: false, name: 'billNumber' },
    { part: 'columns.details', label: 'Details', isRequired: false, name: 'details' },
  ],
};
