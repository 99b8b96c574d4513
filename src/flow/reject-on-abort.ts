import { onAbort } from './on-abort.ts';

/**
 * Never resolves; rejects with the signal's own reason once it aborts. Keeps its listener: only for a signal that
 * ends with the call it is raced against.
 */
export function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    onAbort(signal, reject);
  });
}
