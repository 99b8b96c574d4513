/**
 * Calls `listener` with the reason when the signal aborts; not for a signal that has aborted already. Returns what takes
 * the listener off: one that is left on a long-lived signal leaks.
 */
export function onAbort(signal: AbortSignal, listener: (reason: unknown) => void): () => void {
  const listen = () => listener(signal.reason);
  signal.addEventListener('abort', listen, { once: true });
  return () => signal.removeEventListener('abort', listen);
}
