/** Collects the bytes before the first data row, so that further parts of the file can begin with them. */
export interface HeaderBytes {
  /** Appends the first `length` bytes of the chunk; at most `room`. */
  add(chunk: Buffer, length: number): void;
  /** Nothing more belongs to the header. */
  finish(): void;
  readonly complete: boolean;
  /** How many bytes still fit, of 1 MiB. */
  readonly room: number;
  readonly bytes: Buffer;
}

export const maxHeaderBytes = 2 ** 20;

/** Header bytes, none at first. */
export function createHeaderBytes(): HeaderBytes {
  const parts: Buffer[] = [];
  let length = 0;
  let bytes: Buffer | undefined;
  return {
    add(chunk, count) {
      parts.push(Buffer.from(chunk.subarray(0, count)));
      length += count;
    },
    finish() {
      bytes = Buffer.concat(parts.splice(0));
    },
    get complete() {
      return bytes !== undefined;
    },
    get room() {
      return maxHeaderBytes - length;
    },
    get bytes() {
      return bytes ?? Buffer.concat(parts);
    },
  };
}
