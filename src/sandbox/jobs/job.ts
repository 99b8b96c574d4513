import type { ErrorRow } from '../rows/row-errors.ts';

/** The two families of uploads. */
export type JobKind = 'COUPON_BATCH' | 'REDEEMED_COUPONS';

/** One upload job as the sandbox keeps it. `list()` returns copies. */
export interface SandboxJob {
  /** Unique over both kinds and all orgs. */
  readonly jobId: number;
  readonly kind: JobKind;
  readonly orgId: number;
  readonly couponSeriesId: string;
  status: string;
  readonly createdMs: number;
  updatedMs: number;
  /** The `filename` of the client's part. */
  readonly originalName: string;
  readonly storedName: string;
  /** What was found while the file came in; the status list shows it once the job has counted. */
  readonly rows: number;
  readonly errors: number;
  /** The first 1,000 rejected rows; dropped once a hundred newer jobs stand. */
  errorRows: readonly ErrorRow[];
  uploadTableName: string | null;
  errorFileUrl: string | null;
  /** How many more status lists will leave the job out. */
  hiddenLists: number;
}

/**
 * The statuses of each kind, in order. A job starts in the first one, also while it waits for its turn, and
 * is over in the last (upstream contract, section 1, "Status values").
 */
export const jobSteps: Readonly<Record<JobKind, readonly string[]>> = {
  COUPON_BATCH: ['STARTED', 'VALIDATED', 'COMMITED', 'FINISHED'],
  REDEEMED_COUPONS: ['QUEUED', 'COMPLETED'],
};
