/**
 * Told of bytes that belong to no boundary, and of each boundary, with the bytes since the last thing that was told, where
 * there are any. `isKept`: the bytes stay as they are.
 */
export type TellBoundary = (
  isMatch: boolean,
  bytes: Buffer | undefined,
  start: number,
  end: number,
  isKept: boolean,
) => void;

/** A search in bytes that come in chunks, as busboy expects it of streamsearch. */
export interface BoundarySearch {
  push(chunk: Buffer): void;
  /** There is no more: what may have become a boundary has not. */
  destroy(): void;
}

/**
 * Finds a delimiter, the line end with the boundary behind it, as fast as Node searches natively: byte by byte in
 * JavaScript it would cost the relay up to half of its speed where the boundary is short. A boundary holds no carriage
 * return (RFC 2046, 5.1.1), so a delimiter begins nowhere within another one. `held` bytes of one have come already.
 */
export function createBoundarySearch(delimiter: Buffer, held: number, tell: TellBoundary): BoundarySearch {
  /** So many of the last bytes may begin a delimiter. They were not told. */
  let heldBytes = held;

  /** Returns where in the chunk it is decided what the held bytes were; `undefined` where that is still open. */
  function settleHeld(chunk: Buffer): number | undefined {
    const to = Math.min(delimiter.length - heldBytes, chunk.length);
    if (delimiter.compare(chunk, 0, to, heldBytes, heldBytes + to) !== 0) {
      release();
      return 0;
    }
    heldBytes += to;
    if (heldBytes < delimiter.length) return undefined;
    heldBytes = 0;
    tell(true, undefined, 0, 0, true);
    return to;
  }

  function release(): void {
    const bytes = heldBytes;
    heldBytes = 0;
    tell(false, delimiter, 0, bytes, true);
  }

  return {
    push(chunk) {
      const begin = heldBytes > 0 ? settleHeld(chunk) : 0;
      if (begin === undefined) return;
      let from = begin;
      for (let at = find(delimiter, chunk, from); at >= 0; at = find(delimiter, chunk, from)) {
        if (at > from) tell(true, chunk, from, at, true);
        else tell(true, undefined, 0, 0, true);
        from = at + delimiter.length;
      }
      const end = beginningAtEnd(chunk, from, delimiter);
      heldBytes = chunk.length - end;
      if (end > from) tell(false, chunk, from, end, true);
    },
    destroy() {
      if (heldBytes > 0) release();
    },
  };
}

/** As every delimiter begins. */
const beginning = Buffer.from('\r\n--');
const maxTries = 16;

/**
 * Where the next delimiter is, or -1. Node finds these four bytes three times as fast as a whole delimiter that shares
 * digits or dashes with the file; where rows begin with dashes, the whole one after all.
 */
function find(delimiter: Buffer, chunk: Buffer, from: number): number {
  let at = chunk.indexOf(beginning, from);
  for (let tries = 1; at >= 0; tries += 1) {
    if (delimiter.equals(chunk.subarray(at, at + delimiter.length))) return at;
    at = chunk.indexOf(tries < maxTries ? beginning : delimiter, at + 1);
  }
  return -1;
}

/** Where the last bytes, behind `from`, are the first ones of a delimiter; the chunk's end where they are not. */
function beginningAtEnd(chunk: Buffer, from: number, delimiter: Buffer): number {
  const [first = 0] = delimiter;
  for (let at = Math.max(from, chunk.length - delimiter.length + 1); ; at += 1) {
    at = chunk.indexOf(first, at);
    if (at < 0) return chunk.length;
    if (delimiter.compare(chunk, at, chunk.length, 0, chunk.length - at) === 0) return at;
  }
}
