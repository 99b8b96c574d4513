import { onAbort } from '../flow/on-abort.ts';
import { unsharedTurn } from './poll-exchange.ts';
import type { PollScheduler, ScheduledLoop } from './poll-scheduler.ts';

/**
 * Waits in line with the loops, as if due since `dueMs`, until the budget has room for one more call
 * upstream, and counts it. Rejects with the signal's reason, or with what is wrong with the credential.
 */
export function takePoll(scheduler: PollScheduler, dueMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const loop: ScheduledLoop = {
      dueMs: () => dueMs,
      isPolling: () => false,
      // Once only: it slows nobody down.
      intervalMs: () => Number.POSITIVE_INFINITY,
      begin: async () => unsharedTurn,
      serve() {
        leave();
        resolve();
        return true;
      },
      fail(error) {
        leave();
        reject(error);
      },
    };
    const stopListening = onAbort(signal, loop.fail);
    const leave = () => {
      stopListening();
      scheduler.remove(loop);
    };
    scheduler.add(loop);
  });
}
