import type { WatchedJob } from '../jobs/watched-job.ts';
import { isJobId } from '../request/is-job-id.ts';

/** Reads the list of the jobs panel from the browser's storage, where anything may have been written. */
export function keptJobs(text: string | null): WatchedJob[] {
  try {
    const ids: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(ids)
      ? ids.filter((id) => typeof id === 'string' && isJobId(id)).map((id) => ({ id }))
      : [];
  } catch {
    return [];
  }
}
