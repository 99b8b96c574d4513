import type { ListJobs } from './list-jobs.ts';
import type { SendUpload } from './send-upload.ts';

/** The coupon calls of Capillary's REST API. Nothing above it knows a path or a header of upstream. */
export interface CapillaryClient {
  readonly listJobs: ListJobs;
  readonly sendUpload: SendUpload;
}
