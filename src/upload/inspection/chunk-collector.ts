/** How often to collect, and how. */
export interface ChunkCollectorOptions {
  /** How many bytes of dead chunks may lie about. Default 8 MiB. */
  readonly everyBytes?: number | undefined;
  /** Collects young garbage. Default: what `node --expose-gc` provides; without that flag, nothing. */
  readonly collect?: (() => void) | undefined;
}

/**
 * Returns a function to be called for each chunk, of whatever file, that will not be read again. It frees
 * them a few MiB at a time: V8 would let 32 MiB of them lie, since it looks only at how little of its own
 * heap they take. To collect young garbage takes less than a millisecond.
 */
export function createChunkCollector(options: ChunkCollectorOptions = {}): (byteLength: number) => void {
  const { everyBytes = 8 * 1024 ** 2, collect = collectYoung } = options;
  let deadBytes = 0;
  return (byteLength) => {
    deadBytes += byteLength;
    if (deadBytes < everyBytes) return;
    deadBytes = 0;
    collect();
  };
}

function collectYoung(): void {
  globalThis.gc?.({ type: 'minor' });
}
