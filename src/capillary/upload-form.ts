/** How a file names customers; the names are the public schema's. */
export type CustomerIdentifier = 'MOBILE' | 'EMAIL' | 'EXTERNAL_ID' | 'USER_ID';
/** How a file of redeemed coupons names the coupons. */
export type CouponIdentifier = 'COUPON_ID' | 'COUPON_CODE';

/** The fields of `POST upload/file` beside the file (upstream contract, section 1). Columns are zero-based. */
export type CouponBatchForm = {
  readonly kind: 'COUPON_BATCH';
  readonly couponSeriesId: string;
} & (
  | { readonly customerIdentifier: 'NOT_TAGGED'; readonly customerIdentifierColumn?: undefined }
  | { readonly customerIdentifier: CustomerIdentifier; readonly customerIdentifierColumn: number }
);

/** The fields of `POST upload/redeemFile` beside the file. Columns are zero-based. */
export interface RedeemedCouponsForm {
  readonly kind: 'REDEEMED_COUPONS';
  readonly couponSeriesId: string;
  readonly customerIdentifier: CustomerIdentifier;
  readonly couponIdentifier: CouponIdentifier;
  readonly columns: RedeemedCouponColumns;
  /** Free text for the whole upload. */
  readonly details: string | undefined;
}

/** Zero-based positions of the columns: the `uploadHeaders` of the REST call. */
export interface RedeemedCouponColumns {
  readonly redeemedDateInMillis: number;
  readonly redeemedAt: number;
  readonly customerIdentifier: number;
  readonly couponIdentifier: number;
  readonly billId?: number | null | undefined;
  readonly billNumber?: number | null | undefined;
  readonly details?: number | null | undefined;
}

/** The fields that explain a file to upstream, for either kind of upload. */
export type UploadForm = CouponBatchForm | RedeemedCouponsForm;

const identifierHeaders = {
  MOBILE: 'mobile',
  EMAIL: 'email',
  EXTERNAL_ID: 'externalId',
  USER_ID: 'userId',
  COUPON_ID: 'couponId',
  COUPON_CODE: 'couponCode',
} as const;

/** The form as multipart fields, in the order of the contract's tables. */
export function uploadFields(form: UploadForm): [name: string, value: string][] {
  const fields: [string, string][] = [['customerIdentifier', form.customerIdentifier]];
  if (form.kind === 'COUPON_BATCH') {
    const column = form.customerIdentifierColumn;
    if (column !== undefined) fields.push(['customerIdentifierColumn', String(column)]);
    return fields;
  }
  fields.push(['couponIdentifier', form.couponIdentifier]);
  fields.push(['uploadHeaders', JSON.stringify(uploadHeaders(form))]);
  // Capital D as upstream's own table writes it.
  if (form.details !== undefined) fields.push(['Details', form.details]);
  return fields;
}

function uploadHeaders({ columns, customerIdentifier, couponIdentifier }: RedeemedCouponsForm) {
  return {
    redeemedDateInMillis: columns.redeemedDateInMillis,
    redeemedAt: columns.redeemedAt,
    [identifierHeaders[customerIdentifier]]: columns.customerIdentifier,
    [identifierHeaders[couponIdentifier]]: columns.couponIdentifier,
    // JSON leaves undefined out; null must not reach upstream either.
    billId: columns.billId ?? undefined,
    billNumber: columns.billNumber ?? undefined,
    details: columns.details ?? undefined,
  };
}
