import { assertSeriesId } from '../jobs/job-id.ts';
import { defaultPageSize, type JobPage, jobCursor, jobPage } from '../jobs/job-page.ts';
import type { UploadJob as UploadJobModel } from '../jobs/upload-job.ts';
import { builder } from './builder.ts';
import { PageInfo } from './page-info.ts';
import { UploadJob, UploadJobKind, UploadJobStatus } from './upload-job.ts';

/** A series, of which another subgraph knows more: here it has its jobs. */
export const CouponSeries = builder.objectRef<{ id: string }>('CouponSeries');

const UploadJobEdge = builder.objectRef<UploadJobModel>('UploadJobEdge').implement({
  description: 'A job in a list, with its cursor.',
  fields: (t) => ({
    cursor: t.string({ description: 'Cursor of this job: pass it as `after`.', resolve: jobCursor }),
    node: t.field({ type: UploadJob, description: 'The job.', resolve: (job) => job }),
  }),
});

const UploadJobConnection = builder.objectRef<JobPage>('UploadJobConnection').implement({
  description: 'A page of upload jobs, newest first.',
  fields: (t) => ({
    edges: t.field({
      type: [UploadJobEdge],
      description: 'The jobs of this page.',
      resolve: ({ jobs }) => jobs,
    }),
    pageInfo: t.field({
      type: PageInfo,
      description: 'Whether there are more pages, and how to get them.',
      resolve: (page) => page,
    }),
    totalCount: t.exposeInt('totalCount', { description: 'Number of jobs on all pages.' }),
  }),
});

CouponSeries.implement({
  // The same words as in the subgraph that owns it: composition reports differences.
  description: 'A coupon series.',
  fields: (t) => ({
    id: t.exposeID('id', { description: "The series' id in Capillary." }),
    uploadJobs: t.field({
      type: UploadJobConnection,
      description: 'The upload jobs of this series, newest first.',
      args: {
        kind: t.arg({ type: UploadJobKind, description: 'Only jobs of this kind. Default: both kinds.' }),
        status: t.arg({
          type: [UploadJobStatus],
          description: 'Only jobs with one of these statuses. Default: all.',
        }),
        first: t.arg.int({ defaultValue: defaultPageSize, description: 'Page size: at most 500.' }),
        after: t.arg.string({
          description: 'Start after this cursor: the `endCursor` of the previous page.',
        }),
      },
      resolve: async ({ id }, { kind, status, first, after }, { seriesJobs }) => {
        const kinds = kind ? [kind] : (['COUPON_BATCH', 'REDEEMED_COUPONS'] as const);
        const lists = await Promise.all(
          kinds.map((each) => seriesJobs.list({ kind: each, couponSeriesId: id })),
        );
        return jobPage({
          lists,
          status: status ?? undefined,
          first: first ?? defaultPageSize,
          after: after ?? undefined,
        });
      },
    }),
  }),
});

builder.asEntity(CouponSeries, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: async ({ id }) => {
    assertSeriesId(id);
    return { id };
  },
});

builder.queryField('couponSeries', (t) =>
  t.field({
    type: CouponSeries,
    description: 'A coupon series by its id.',
    // The subgraph that owns the series has this field, too.
    shareable: true,
    args: { id: t.arg.id({ required: true, description: 'Digits, for example 541854.' }) },
    resolve: (_, { id }) => {
      assertSeriesId(id);
      return { id };
    },
  }),
);
