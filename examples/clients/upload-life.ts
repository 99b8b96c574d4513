import type { ProgressInit } from './fetch-with-progress.ts';
import type { JobStateFragment, UploadCouponBatchInput } from './generated/graphql.ts';
import { keyOfFile } from './key-of-file.ts';
import { type NextStep, nextStep } from './next-step.ts';
import type { RetryOptions, UploadResult } from './upload-with-retries.ts';
import type { WatchOptions } from './watch-until-done.ts';

/** Any of the clients here; plain-fetch.ts with graphql-sse.ts or graphql-ws.ts for `watch`. */
export interface UploadClient {
  upload(
    file: File,
    input: UploadCouponBatchInput,
    options?: RetryOptions & ProgressInit,
  ): Promise<UploadResult>;
  watch(options: Omit<WatchOptions, 'tokens'>): Promise<void>;
}

/** What the page does with what it hears. */
export interface UploadPage {
  show(step: NextStep): void;
  /** Resolves with what the person decides about the problems that the check found. */
  confirm(step: NextStep): Promise<boolean>;
  showProgress(sentBytes: number, totalBytes: number): void;
  showJob(job: JobStateFragment): void;
}

/** One file from the person's hand to the last row. `signal` is the page's cancel button, and its end. */
export async function uploadLife(
  file: File,
  input: UploadCouponBatchInput,
  { client, page, signal }: { client: UploadClient; page: UploadPage; signal: AbortSignal },
): Promise<readonly JobStateFragment[]> {
  const onProgress = page.showProgress;
  const dry = { ...input, options: { ...input.options, dryRun: true } };
  const check = await client.upload(file, dry, { signal, onProgress });
  if (check.__typename !== 'UploadChecked') page.show(nextStep(check));
  if (check.__typename !== 'UploadChecked' || !(await page.confirm(nextStep(check)))) return [];

  const idempotencyKey = await keyOfFile(file, input.couponSeriesId);
  const keyed = { ...input, options: { ...input.options, idempotencyKey } };
  const result = await client.upload(file, keyed, { signal, onProgress });
  const step = nextStep(result);
  page.show(step);

  const jobs = new Map<string, JobStateFragment>();
  await client.watch({
    ids: step.watch,
    signal,
    onState(job) {
      jobs.set(job.id, job);
      page.showJob(job);
    },
  });
  return [...jobs.values()];
}

/** What a job came to, for a person. `FINISHED` alone says little: all rows may have been rejected. */
export function describeJob({ outcome, acceptedCount, errorCount, errorFileUrl }: JobStateFragment): string {
  switch (outcome) {
    case 'PENDING':
      return 'Capillary is working on it.';
    case 'SUCCEEDED':
      return `All rows are in: ${acceptedCount}.`;
    case 'PARTIALLY_REJECTED':
    case 'REJECTED':
      // A handle and no web address: Capillary documents no download. Its support and its console know it.
      return `Rows in: ${acceptedCount}, rejected: ${errorCount}. Error file: ${errorFileUrl}`;
    case 'FAILED':
      return 'Capillary gave the file up. Upload it again with a new key.';
  }
}
