import type { GraphQLFault, GraphQLResult } from '../request/graphql-result.ts';
import type { GraphQLParams } from '../request/multipart-parts.ts';
import type { SubscriptionSink } from '../request/subscribe.ts';
import { findJobs, missingJobs } from './find-jobs.ts';
import { type JobState, watchQuery } from './job-state.ts';

/** How jobs are watched, and who hears of them. */
export interface WatchJobsOptions {
  /** Starts a subscription; returns what ends it. */
  readonly subscribe: (params: GraphQLParams, sink: SubscriptionSink) => () => void;
  /** Sends a query. Never rejects. */
  readonly ask: (params: GraphQLParams) => Promise<GraphQLResult>;
  readonly onState: (state: JobState) => void;
  /** Called when nothing is heard of these jobs, and why. They are tried again by themselves. */
  readonly onInterruption: (ids: readonly string[], fault: GraphQLFault) => void;
  /** Called when these jobs are no longer watched, and why. */
  readonly onFault: (ids: readonly string[], fault: GraphQLFault) => void;
  /**
   * Time before watching again after an end that came too early, such as when the gateway restarts. Doubles up to
   * eightfold while nothing is heard. Default 2,000.
   */
  readonly againAfterMs?: number;
}

/**
 * Watches jobs to their ends, all in one subscription, since a browser opens only six connections to a host.
 * One job that does not exist ends the whole subscription: then a query tells which do, and these are watched on. A
 * gateway that is gone is tried again until it is back. Returns what ends it all.
 */
export function watchJobs(ids: readonly string[], options: WatchJobsOptions): () => void {
  const { subscribe, ask, onState, onInterruption, onFault, againAfterMs = 2_000 } = options;
  const endings = new Set<() => void>();
  let isOver = false;
  let pauseMs = againAfterMs;

  const watch = (group: readonly string[]): void => {
    if (isOver || group.length === 0) return;
    const open = new Set(group);
    let fault: GraphQLFault | undefined;
    let stop = () => {};
    const ending = () => stop();
    const next = ({ data, errors }: GraphQLResult) => {
      fault ??= errors?.[0];
      const state = data?.['uploadJobUpdated'] as JobState | null | undefined;
      if (!state) return;
      pauseMs = againAfterMs;
      if (state.isTerminal) open.delete(state.id);
      onState(state);
    };
    const end = () => {
      endings.delete(ending);
      if (!isOver && open.size > 0) goOn([...open], fault);
    };
    endings.add(ending);
    stop = subscribe(
      { query: watchQuery, operationName: 'WatchJobs', variables: { ids: group } },
      { next, end },
    );
  };

  const goOn = (rest: readonly string[], fault: GraphQLFault | undefined): void => {
    const code = fault?.extensions?.['code'];
    if (fault && code === 'UNREACHABLE') onInterruption(rest, fault);
    if (!fault || code === 'SHUTTING_DOWN' || code === 'UNREACHABLE') again(rest);
    else if (code !== 'JOB_NOT_FOUND' || rest.length === 1) onFault(rest, fault);
    else void ask(findJobs(rest)).then((result) => sortOut(rest, result, fault));
  };

  const sortOut = (rest: readonly string[], result: GraphQLResult, fault: GraphQLFault): void => {
    if (isOver) return;
    if (!result.data) {
      goOn(rest, result.errors?.[0]);
      return;
    }
    const missing = missingJobs(rest, result);
    if (missing.length > 0) onFault(missing, fault);
    watch(rest.filter((id) => !missing.includes(id)));
  };

  const again = (group: readonly string[]) => {
    const timer = setTimeout(() => {
      endings.delete(ending);
      watch(group);
    }, pauseMs);
    pauseMs = Math.min(2 * pauseMs, 8 * againAfterMs);
    const ending = () => clearTimeout(timer);
    endings.add(ending);
  };

  watch(ids);
  return () => {
    isOver = true;
    for (const ending of endings) ending();
    endings.clear();
  };
}
