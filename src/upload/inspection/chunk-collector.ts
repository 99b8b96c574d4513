export interface ChunkCollectorOptions {
  /** So many bytes of chunks may lie dead. Default 8 MiB. */
  readonly everyBytes?: number | undefined;
  /** Collects what died young. Default: as `node --expose-gc` gives it, nothing where Node was not told so. */
  readonly collect?: (() => void) | undefined;
}

/**
 * To be told of each chunk that will not be read again, of whatever file: frees them, some MiB at a time. V8 lets 32 MiB of
 * them lie, for all that it looks at is how little of its own heap they take; what is young is collected in less than a
 * millisecond.
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
