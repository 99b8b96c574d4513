import { parseJobId } from '../jobs/job-id.ts';
import type { UploadJob as UploadJobModel } from '../jobs/upload-job.ts';
import { builder } from './builder.ts';
import { CouponSeries } from './coupon-series.ts';
import { findJob } from './find-job.ts';

export const UploadJobKind = builder.enumType('UploadJobKind', {
  description: 'Which of the two upload families a job belongs to.',
  values: {
    COUPON_BATCH: { description: 'Coupons of a series, made by `uploadCouponBatch`.' },
    REDEEMED_COUPONS: { description: 'Coupons redeemed elsewhere, made by `uploadRedeemedCoupons`.' },
  } as const,
});

export const UploadJobStatus = builder.enumType('UploadJobStatus', {
  description: 'How far a job is, in one vocabulary for both kinds.',
  values: {
    QUEUED: { description: 'Waits for its turn.' },
    STARTED: { description: 'Capillary is reading the file.' },
    VALIDATED: { description: 'The rows are checked. A step of coupon batches only.' },
    COMMITTED: { description: 'The good rows are stored. A step of coupon batches only.' },
    FINISHED: { description: 'Done. Look at `outcome`: every row may have been rejected all the same.' },
    FAILED: { description: 'Capillary gave the job up.' },
    UNKNOWN: { description: 'Capillary wrote a status that is not known here; see `upstreamStatus`.' },
  } as const,
});

export const UploadJobOutcome = builder.enumType('UploadJobOutcome', {
  description: 'What a job came to.',
  values: {
    PENDING: { description: 'Not at its end yet.' },
    SUCCEEDED: { description: 'Finished, no row rejected.' },
    PARTIALLY_REJECTED: { description: 'Finished, some rows rejected.' },
    REJECTED: { description: 'Finished, every row rejected.' },
    FAILED: { description: 'The job as a whole failed.' },
  } as const,
});

export const UploadJob = builder.objectRef<UploadJobModel>('UploadJob');

UploadJob.implement({
  description: 'One file on its way through Capillary, from its arrival to the last row.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        'KIND:couponSeriesId:jobId, e.g. COUPON_BATCH:541854:222696. The format is documented and stable.',
    }),
    kind: t.field({
      type: UploadJobKind,
      description: 'Which upload made this job.',
      resolve: ({ upstream }) => upstream.kind,
    }),
    jobId: t.id({ description: "The job's number in Capillary.", resolve: ({ upstream }) => upstream.jobId }),
    couponSeries: t.field({
      type: CouponSeries,
      description: 'The coupon series that the file was uploaded to.',
      resolve: ({ upstream }) => ({ id: upstream.couponSeriesId }),
    }),
    orgId: t.id({
      description: 'The organisation in Capillary that owns the series.',
      resolve: ({ upstream }) => upstream.orgId,
    }),
    status: t.expose('status', { type: UploadJobStatus, description: 'How far the job is.' }),
    upstreamStatus: t.string({
      description: 'The status exactly as Capillary wrote it.',
      resolve: ({ upstream }) => upstream.uploadStatus,
    }),
    outcome: t.expose('outcome', {
      type: UploadJobOutcome,
      description: 'What the job came to: the field to show to a person.',
    }),
    isTerminal: t.exposeBoolean('isTerminal', {
      description: 'True once status can no longer change: no need to watch any longer.',
    }),
    createdAt: t.field({
      type: 'DateTime',
      description:
        'When Capillary took the file. For redeemed coupons it gives the day only, once the job is listed.',
      resolve: ({ upstream }) => new Date(upstream.createdOnMs),
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When the job last changed. For redeemed coupons Capillary gives the day only.',
      resolve: ({ upstream }) => new Date(upstream.updatedOnMs),
    }),
    uploadedFileName: t.exposeString('uploadedFileName', {
      description: 'The file name as the user gave it.',
    }),
    uploadedFileUrl: t.string({
      nullable: true,
      description: "Capillary's handle of the stored file; not a web address.",
      resolve: ({ upstream }) => upstream.uploadedFileUrl,
    }),
    errorFileUrl: t.string({
      nullable: true,
      description:
        "Capillary's handle of the list of rejected rows; not a web address: there is no documented download.",
      resolve: ({ upstream }) => upstream.errorFileUrl,
    }),
    successFileUrl: t.string({
      nullable: true,
      description: "Capillary's handle of the list of accepted rows; not a web address.",
      resolve: ({ upstream }) => upstream.successFileUrl,
    }),
    totalUploadedCount: t.int({
      description: 'Data rows that Capillary counted, good and bad together; 0 until it has.',
      resolve: ({ upstream }) => upstream.totalUploadedCount,
    }),
    actualRowCount: t.int({
      description: 'Rows of the file as Capillary counted them.',
      resolve: ({ upstream }) => upstream.actualRowCount,
    }),
    errorCount: t.int({
      description: 'Rows that Capillary rejected.',
      resolve: ({ upstream }) => upstream.errorCount,
    }),
    acceptedCount: t.exposeInt('acceptedCount', {
      description: 'Rows that Capillary accepted: `totalUploadedCount` less `errorCount`.',
    }),
    uploadTableName: t.string({
      nullable: true,
      description: "Capillary's working table of this job: of use to its support.",
      resolve: ({ upstream }) => upstream.uploadTableName,
    }),
    audienceGroupId: t.id({
      nullable: true,
      description: 'Audience group that the upload made. Coupon batches only.',
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
    description: 'One upload job by its id. Null when the series has no such job.',
    args: { id: t.arg.id({ required: true, description: 'As in `UploadJob.id`.' }) },
    resolve: (_, { id }, context) => findJob(parseJobId(id), context),
  }),
);
