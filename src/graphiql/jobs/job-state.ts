/** An upload job as the watch subscription tells it. */
export interface JobState {
  readonly id: string;
  readonly kind: 'COUPON_BATCH' | 'REDEEMED_COUPONS';
  readonly status: string;
  readonly upstreamStatus: string;
  readonly outcome: 'PENDING' | 'SUCCEEDED' | 'PARTIALLY_REJECTED' | 'REJECTED' | 'FAILED';
  readonly isTerminal: boolean;
  readonly uploadedFileName: string;
  readonly totalUploadedCount: number;
  readonly acceptedCount: number;
  readonly errorCount: number;
  readonly errorFileUrl: string | null;
}

/** What the jobs panel asks for. */
export const watchQuery = /* GraphQL */ `subscription WatchJobs($ids: [ID!]!) {
  uploadJobUpdated(ids: $ids) {
    id
    kind
    status
    upstreamStatus
    outcome
    isTerminal
    uploadedFileName
    totalUploadedCount
    acceptedCount
    errorCount
    errorFileUrl
  }
}`;
