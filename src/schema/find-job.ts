import { CapillaryError } from '../capillary/capillary-error.ts';
import type { JobRef } from '../capillary/upstream-job.ts';
import type { GatewayContext } from '../gateway-context.ts';
import type { UploadJob } from '../jobs/upload-job.ts';

/** A job, or null when its series has no such job or does not exist. */
export async function findJob(ref: JobRef, { seriesJobs }: GatewayContext): Promise<UploadJob | null> {
  try {
    return (await seriesJobs.find(ref)) ?? null;
  } catch (error) {
    // Only if the service itself says so: the 404 page of a wrong address proves nothing.
    if (error instanceof CapillaryError && error.explicit && error.httpStatus === 404) return null;
    throw error;
  }
}
