import { isUtf8 } from 'node:buffer';

/** The check of one stream. */
export interface Utf8Check {
  /**
   * How many bytes at the chunk's start are sound: all of them, or those before the first sequence that is no UTF-8
   * (0 when it began in an earlier chunk). A sequence that the chunk's end cuts counts as sound until the next call.
   */
  soundBytes(chunk: Buffer): number;
  /** False while a sequence is cut. At the end of the file that is a fault. */
  readonly complete: boolean;
}

/** Checks a stream for well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
export function createUtf8Check(): Utf8Check {
  const cut = Buffer.alloc(4);
  let cutLength = 0;

  return {
    get complete() {
      return cutLength === 0;
    },
    soundBytes(chunk) {
      let from = 0;
      while (cutLength > 0 && from < chunk.length) {
        const byte = chunk[from] as number;
        // Not left to the check of the whole sequence: this byte may be a line end, which must not be scanned.
        if (!isContinuation(byte)) return 0;
        cut[cutLength++] = byte;
        from++;
        if (cutLength < sequenceLength(cut[0] as number)) continue;
        if (!isUtf8(cut.subarray(0, cutLength))) return 0;
        cutLength = 0;
      }
      if (from === chunk.length) return from;
      const to = chunk.length - cutSequence(chunk, from);
      if (!isUtf8(chunk.subarray(from, to))) return firstFault(chunk, from, to);
      chunk.copy(cut, 0, to);
      cutLength = chunk.length - to;
      return chunk.length;
    },
  };
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** The length of a sequence by its first byte; 0 for one that can open none. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/** How many bytes at the end open a sequence that goes on in the next chunk. */
function cutSequence(chunk: Buffer, from: number): number {
  for (let back = 1; back <= 3 && chunk.length - back >= from; back++) {
    const byte = chunk[chunk.length - back] as number;
    if (!isContinuation(byte)) return sequenceLength(byte) > back ? back : 0;
  }
  return 0;
}

function firstFault(chunk: Buffer, from: number, to: number): number {
  let i = from;
  while (i < to) {
    const length = sequenceLength(chunk[i] as number);
    if (length === 0 || i + length > to) return i;
    if (length > 1 && !isUtf8(chunk.subarray(i, i + length))) return i;
    i += length;
  }
  return i;
}
