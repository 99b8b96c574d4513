/** The two upload families of the REST API. The names are those of the public schema. */
export type UploadKind = 'COUPON_BATCH' | 'REDEEMED_COUPONS';

/** What names a job. All three are needed: upstream lists jobs by kind and series only. */
export interface JobRef {
  readonly kind: UploadKind;
  readonly couponSeriesId: string;
  readonly jobId: string;
}

/**
 * One entry of upstream's job lists, in the same shape for both kinds: ids as strings, times as numbers.
 * Texts are exactly as upstream wrote them (upstream contract, "Reading the fields").
 */
export interface UpstreamJob extends JobRef {
  readonly orgId: string;
  /** `uploadStatus` or `uploadRedeemedCouponStatus`. */
  readonly uploadStatus: string;
  /** Epoch milliseconds. In the redeemed list the day only: order by `jobId`, never by time. */
  readonly createdOnMs: number;
  readonly updatedOnMs: number;
  readonly uploadedFileName: string;
  /** Handles, not web addresses. */
  readonly uploadedFileUrl: string | null;
  readonly errorFileUrl: string | null;
  readonly successFileUrl: string | null;
  readonly totalUploadedCount: number;
  readonly actualRowCount: number;
  readonly errorCount: number;
  readonly uploadTableName: string | null;
  /** Only coupon batches have them. */
  readonly audienceGroupId: string | null;
  readonly audienceGroupVersionId: string | null;
}
