import { onAbort } from './on-abort.ts';

/** Resolves after `ms` milliseconds; rejects with the signal's own reason as soon as it aborts. Leaves nothing behind. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(() => {
      stopListening();
      resolve();
    }, ms);
    const stopListening = onAbort(signal, (reason) => {
      clearTimeout(timer);
      reject(reason);
    });
  });
}
