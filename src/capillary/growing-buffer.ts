/** Bytes that come in pieces, as one. */
export interface GrowingBuffer {
  readonly byteLength: number;
  append(chunk: Buffer): void;
  /** All that came so far: good until the next `append`. */
  bytes(): Buffer;
}

/**
 * Copies the pieces in place of keeping them: as pieces of one byte each a megabyte was hundreds of them in memory. Takes up
 * to twice the bytes that it holds, and no more than `maxBytes`, beyond which nothing may be appended.
 */
export function createGrowingBuffer(maxBytes: number): GrowingBuffer {
  let body = Buffer.allocUnsafe(Math.min(maxBytes, 16 * 1024));
  let byteLength = 0;
  return {
    get byteLength() {
      return byteLength;
    },
    append(chunk) {
      const end = byteLength + chunk.length;
      if (end > body.length)
        body = Buffer.concat([body.subarray(0, byteLength)], Math.min(maxBytes, 2 * end));
      chunk.copy(body, byteLength);
      byteLength = end;
    },
    bytes: () => body.subarray(0, byteLength),
  };
}
