/** Joins bytes that come in pieces. */
export interface GrowingBuffer {
  readonly byteLength: number;
  append(chunk: Buffer): void;
  /** All that came so far: valid until the next `append`. */
  bytes(): Buffer;
}

/**
 * Copies the pieces instead of keeping them: a megabyte that came byte by byte took hundreds of megabytes. Allocates at
 * most twice what it holds, and never more than `maxBytes`, beyond which nothing may be appended.
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
