import type { UploadMutation } from '../operation/upload-fields.ts';
import type { ColumnName } from './column-names.ts';

/** One line of the column mapper. */
export interface ColumnField {
  /** Where it goes, within `input`. */
  readonly part: string;
  readonly label: string;
  readonly isRequired: boolean;
  /** Kinds that the column may be of, which `kindPart` of `input` says; the first that the header has is the guess. */
  readonly kinds?: readonly ColumnName[];
  readonly kindPart?: string;
  /** The kind that means that there is no such column. */
  readonly noColumnKind?: string;
  /** The name to guess by, where there is one kind only. */
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
