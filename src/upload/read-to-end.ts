import type { ByteSource } from '../capillary/byte-source.ts';

/** Lets a part of a file pass without sending it anywhere. Rejects as the part fails, or with the signal's reason. */
export function readToEnd(part: ByteSource, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      part.stop();
      reject(signal.reason);
    };
    const settle = () => signal.removeEventListener('abort', onAbort);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    part.start({
      write: () => true,
      end() {
        settle();
        resolve();
      },
      fail(error) {
        settle();
        reject(error);
      },
    });
  });
}
