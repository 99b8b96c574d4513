import type { JobKind } from '../jobs/job.ts';
import type { JobBook } from '../jobs/job-book.ts';
import { authorise } from './authorise.ts';
import { type Call, refused } from './exchange.ts';
import { statusAnswer } from './job-answer.ts';
import { drainBody } from './read-body.ts';
import type { TokenStore } from './token-store.ts';

/** Both status calls: every job of the series, by ascending `jobId`. */
export function createStatusCall(
  kind: JobKind,
  tokens: TokenStore,
  jobs: JobBook,
  unknownSeries: readonly string[],
): Call {
  return async (exchange) => {
    const access = authorise(tokens, unknownSeries, exchange.logged, false);
    if (!(await drainBody(exchange))) return undefined;
    if (!('scope' in access)) return refused(access);
    const { scope, couponSeriesId } = access;
    return {
      accept: () => {
        const listed = jobs.listed(kind, scope.orgId, couponSeriesId);
        return statusAnswer(kind, scope.orgId, couponSeriesId, listed);
      },
      discard: () => {},
      refused: false,
    };
  };
}
