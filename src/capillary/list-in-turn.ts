import type { RunInTurn } from '../flow/fair-queue.ts';
import type { ListJobs } from './list-jobs.ts';

/**
 * `listJobs`, whose calls wait for their turn among those of the same caller. The gateway's own credential has no line:
 * many callers stand behind it, and none of them shall wait for another.
 */
export function listInTurn(listJobs: ListJobs, inTurn: RunInTurn): ListJobs {
  return (input) => {
    const { credential, signal } = input;
    return credential.renewable ? listJobs(input) : inTurn(credential.id, signal, () => listJobs(input));
  };
}
