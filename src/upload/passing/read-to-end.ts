import type { ByteSource } from '../../capillary/byte-source.ts';
import { onAbort } from '../../flow/on-abort.ts';

/** Lets a part of a file pass without sending it anywhere. Rejects as the part fails, or with the signal's reason. */
export function readToEnd(part: ByteSource, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (reason: unknown) => {
      part.stop();
      reject(reason);
    };
    if (signal.aborted) return stop(signal.reason);
    const stopListening = onAbort(signal, stop);
    part.start({
      write: () => true,
      end() {
        stopListening();
        resolve();
      },
      fail(error) {
        stopListening();
        reject(error);
      },
    });
  });
}
