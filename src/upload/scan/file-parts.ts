import { createGrowingBuffer } from '../../flow/growing-buffer.ts';

/** Divides a file into parts of so many data rows, and keeps the header, with which each of them must begin. */
export interface FileParts {
  /** Before the first data row: takes the first `length` bytes of a chunk, at most `room`. */
  addHeader(chunk: Buffer, length: number): void;
  /** To be called before each new chunk. */
  beginChunk(): void;
  /** A data row begins at this offset of the chunk. Returns how many rows the part can take, this one included. */
  beginRow(chunk: Buffer, offset: number): number;
  /** So many rows were read. */
  addRows(count: number): void;
  /** True from the first data row on. */
  readonly headerComplete: boolean;
  /** How many bytes the header may still have, of 1 MiB. */
  readonly headerRoom: number;
  readonly headerBytes: Buffer;
  /** Where in this chunk parts begin, except the first. */
  readonly cuts: readonly number[];
}

const maxHeaderBytes = 2 ** 20;

/** `rowsPerPart` may be infinite. A part begins with its first row, so that none is without rows. */
export function createFileParts(rowsPerPart: number): FileParts {
  const header = createGrowingBuffer(maxHeaderBytes);
  let headerComplete = false;
  let rows = 0;
  let cuts: number[] = [];

  function addHeader(chunk: Buffer, length: number): void {
    header.append(chunk.subarray(0, length));
  }

  return {
    addHeader,
    beginChunk() {
      cuts = [];
    },
    beginRow(chunk, offset) {
      if (!headerComplete) addHeader(chunk, offset);
      headerComplete = true;
      if (rows === rowsPerPart) {
        cuts.push(offset);
        rows = 0;
      }
      return rowsPerPart - rows;
    },
    addRows(count) {
      rows += count;
    },
    get headerComplete() {
      return headerComplete;
    },
    get headerRoom() {
      return maxHeaderBytes - header.byteLength;
    },
    get headerBytes() {
      return header.bytes();
    },
    get cuts() {
      return cuts;
    },
  };
}
