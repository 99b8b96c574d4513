import type { UpstreamJob } from '../capillary/upstream-job.ts';
import { parseJobIds } from '../jobs/job-id.ts';
import { toUploadJob } from '../jobs/upload-job.ts';
import { type Settled, settleErrors } from '../watch/settle-errors.ts';
import { builder } from './builder.ts';
import { UploadJob } from './upload-job.ts';

builder.subscriptionType({ description: 'Watches upload jobs.' });

builder.subscriptionField('uploadJobUpdated', (t) =>
  t.field({
    type: UploadJob,
    description:
      'Sends the current state of each job, then its changes, and completes when all jobs are terminal. A single id ' +
      'needs no list.',
    args: {
      ids: t.arg.idList({
        required: true,
        description: 'The `id` of each `UploadJob` to watch, at most 500.',
      }),
    },
    subscribe(_, { ids }, { watcher, credential, signal, seriesJobs }) {
      seriesJobs.pace((pacedSignal) => watcher.takePoll(credential(), pacedSignal));
      return settleErrors(watcher.watch(parseJobIds(ids), credential(), signal));
    },
    resolve: (event: Settled<UpstreamJob>, _, { seriesJobs }) => {
      if ('error' in event) throw event.error;
      const { couponSeriesId } = event.value;
      // The context lasts for all events: what is read beside this one must not be a leftover of an earlier one.
      for (const kind of ['COUPON_BATCH', 'REDEEMED_COUPONS'] as const)
        seriesJobs.forget({ kind, couponSeriesId });
      return toUploadJob(event.value);
    },
  }),
);
