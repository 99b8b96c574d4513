import { parseJobId } from '../jobs/job-id.ts';
import type { UploadJob as UploadJobModel } from '../jobs/upload-job.ts';
import { builder } from './builder.ts';
import { CouponSeries } from './coupon-series.ts';
import { findJob } from './find-job.ts';

/** The kinds of jobs, and the words that job ids begin with. */
export const UploadJobKind = builder.enumType('UploadJobKind', {
  description: 'Which mutation created a job.',
  values: {
    COUPON_BATCH: { description: 'Coupons of a series, created by `uploadCouponBatch`.' },
    REDEEMED_COUPONS: { description: 'Redeemed coupons, created by `uploadRedeemedCoupons`.' },
  } as const,
});

/** Capillary's words for the states of both kinds, in one spelling. */
export const UploadJobStatus = builder.enumType('UploadJobStatus', {
  description: 'How far a job has got. The values are the same for both kinds of job.',
  values: {
    QUEUED: { description: 'Waiting to be processed.' },
    STARTED: { description: 'Capillary is reading the file.' },
    VALIDATED: { description: 'The rows have been checked. Coupon batches only.' },
    COMMITTED: { description: 'The valid rows have been stored. Coupon batches only.' },
    FINISHED: { description: 'Done. Check `outcome`: even so, every row may have been rejected.' },
    FAILED: { description: 'Capillary abandoned the job.' },
    UNKNOWN: {
      description: 'Capillary reported a status that this gateway does not know: see `upstreamStatus`.',
    },
  } as const,
});

const UploadJobOutcome = builder.enumType('UploadJobOutcome', {
  description: 'Result of a job.',
  values: {
    PENDING: { description: 'Not finished yet.' },
    SUCCEEDED: { description: 'Finished; no row was rejected.' },
    PARTIALLY_REJECTED: { description: 'Finished; some rows were rejected.' },
    REJECTED: { description: 'Finished; every row was rejected.' },
    FAILED: { description: 'The job as a whole failed.' },
  } as const,
});

/** The job of an upload: an entity, found by its id. */
export const UploadJob = builder.objectRef<UploadJobModel>('UploadJob');

UploadJob.implement({
  description: 'An uploaded file, or one part of a split file, that Capillary processes.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description: 'KIND:couponSeriesId:jobId, for example COUPON_BATCH:541854:222696. The format is stable.',
    }),
    kind: t.field({
      type: UploadJobKind,
      description: 'Which mutation created this job.',
      resolve: ({ upstream }) => upstream.kind,
    }),
    jobId: t.id({
      description: "The job's number in Capillary. Arguments of this API take `id` instead.",
      resolve: ({ upstream }) => upstream.jobId,
    }),
    couponSeries: t.field({
      type: CouponSeries,
      description: 'The coupon series that the file was uploaded to.',
      resolve: ({ upstream }) => ({ id: upstream.couponSeriesId }),
    }),
    orgId: t.id({
      description: 'The Capillary organisation that owns the series.',
      resolve: ({ upstream }) => upstream.orgId,
    }),
    status: t.expose('status', { type: UploadJobStatus, description: 'How far the job has got.' }),
    upstreamStatus: t.string({
      description: 'The status exactly as Capillary reports it.',
      resolve: ({ upstream }) => upstream.uploadStatus,
    }),
    outcome: t.expose('outcome', {
      type: UploadJobOutcome,
      description: 'Result of the job. Show this to users rather than `status`.',
    }),
    isTerminal: t.exposeBoolean('isTerminal', {
      description: 'True once `status` can no longer change, so that there is nothing left to watch.',
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When Capillary received the file. For redeemed coupons its job list gives only the day.',
      resolve: ({ upstream }) => new Date(upstream.createdOnMs),
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When the job last changed. For redeemed coupons Capillary gives only the day.',
      resolve: ({ upstream }) => new Date(upstream.updatedOnMs),
    }),
    uploadedFileName: t.exposeString('uploadedFileName', {
      description: 'The original name of the file.',
    }),
    uploadedFileUrl: t.string({
      nullable: true,
      description: "Capillary's name for the stored file. Not a web address.",
      resolve: ({ upstream }) => upstream.uploadedFileUrl,
    }),
    errorFileUrl: t.string({
      nullable: true,
      description:
        "Capillary's name for the file of rejected rows. Not a web address: Capillary documents no way to download it.",
      resolve: ({ upstream }) => upstream.errorFileUrl,
    }),
    successFileUrl: t.string({
      nullable: true,
      description: "Capillary's name for the file of accepted rows. Not a web address.",
      resolve: ({ upstream }) => upstream.successFileUrl,
    }),
    totalUploadedCount: t.int({
      description: 'Number of data rows, accepted and rejected. 0 until Capillary has counted them.',
      resolve: ({ upstream }) => upstream.totalUploadedCount,
    }),
    actualRowCount: t.int({
      description: 'Number of rows in the file, as Capillary counts them.',
      resolve: ({ upstream }) => upstream.actualRowCount,
    }),
    errorCount: t.int({
      description: 'Number of rows that Capillary rejected.',
      resolve: ({ upstream }) => upstream.errorCount,
    }),
    acceptedCount: t.exposeInt('acceptedCount', {
      description: 'Number of rows that Capillary accepted: `totalUploadedCount` minus `errorCount`.',
    }),
    uploadTableName: t.string({
      nullable: true,
      description: "Capillary's internal table for this job. Its support may ask for it.",
      resolve: ({ upstream }) => upstream.uploadTableName,
    }),
    audienceGroupId: t.id({
      nullable: true,
      description: 'Audience group that the upload created. Coupon batches only.',
      resolve: ({ upstream }) => upstream.audienceGroupId,
    }),
    audienceGroupVersionId: t.id({
      nullable: true,
      description: 'Version of that audience group. Coupon batches only.',
      resolve: ({ upstream }) => upstream.audienceGroupVersionId,
    }),
  }),
});

builder.asEntity(UploadJob, {
  key: builder.selection<{ id: string }>('id'),
  // Async, so that a malformed id fails its own entity and not all of a router's list.
  resolveReference: async ({ id }, context) => findJob(parseJobId(id), context),
});

builder.queryField('uploadJob', (t) =>
  t.field({
    type: UploadJob,
    nullable: true,
    description: 'One upload job by its id. Null if the series has no such job.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of an `UploadJob`.' }) },
    resolve: (_, { id }, context) => findJob(parseJobId(id), context),
  }),
);
