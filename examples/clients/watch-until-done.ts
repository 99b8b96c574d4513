import { codeOf, isPassing } from './gateway-failure.ts';
import type { JobStateFragment } from './generated/graphql.ts';
import { pause } from './pause.ts';
import type { Tokens } from './tokens.ts';

/** One subscription: resolves at its end, rejects with `GatewayFailure`, or with the signal's reason. */
export type WatchOnce = (
  ids: readonly string[],
  onState: (job: JobStateFragment) => void,
  signal: AbortSignal | undefined,
) => Promise<void>;

export interface WatchOptions {
  readonly ids: readonly string[];
  readonly onState: (job: JobStateFragment) => void;
  readonly tokens: Tokens;
  readonly signal?: AbortSignal | undefined;
  /** How many failures in a row, without a state between them, are borne. Default 5. */
  readonly attempts?: number | undefined;
  /** Before the first new subscription, twice as long after each failure. Default 1,000. */
  readonly pauseMs?: number | undefined;
}

/**
 * Watches jobs until all are over. A subscription may end before that, when the gateway goes away, the connection breaks
 * or the token expires: then another one is begun for the jobs that are left, and its first states tell what was missed.
 */
export async function watchUntilDone(watchOnce: WatchOnce, options: WatchOptions): Promise<void> {
  const { ids, onState, tokens, signal, attempts = 5, pauseMs = 1_000 } = options;
  const left = new Set(ids);
  let failures = 0;
  while (left.size > 0) {
    try {
      await watchOnce([...left], tell, signal);
    } catch (error) {
      signal?.throwIfAborted();
      failures += 1;
      if (codeOf(error) === 'UNAUTHENTICATED' && failures === 1) {
        await tokens.renew();
        continue;
      }
      if (failures >= attempts || !isPassing(error)) throw error;
    }
    if (left.size > 0) await pause(pauseMs * 2 ** failures, signal);
  }

  function tell(job: JobStateFragment): void {
    failures = 0;
    if (job.isTerminal) left.delete(job.id);
    onState(job);
  }
}
