/** The two upload families of the REST API. The names are those of the public schema. */
export type UploadKind = 'COUPON_BATCH' | 'REDEEMED_COUPONS';

/** What names one of upstream's lists of jobs. */
export interface JobListRef {
  readonly kind: UploadKind;
  /** Digits: whoever read it has checked it. */
  readonly couponSeriesId: string;
}

/** What names a job: upstream finds none by its number alone. */
export interface JobRef extends JobListRef {
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
