import type { ByteSource } from '../../capillary/byte-source.ts';

/**
 * The same bytes, whose end is passed on only once `mayEnd` has resolved. They fail with what it rejects with.
 */
export function guardEnd(source: ByteSource, mayEnd: () => Promise<void>): ByteSource {
  return {
    ...source,
    start: (taker) => source.start({ ...taker, end: () => void mayEnd().then(taker.end, taker.fail) }),
  };
}
