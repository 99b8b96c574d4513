import type { Writable } from 'node:stream';

/** What busboy 1.6 keeps of its boundary search (streamsearch), as far as it is used here. */
export interface BoundarySearch {
  readonly _needle: Buffer;
  /** Hears of bytes that belong to no boundary, and where there is one. */
  _cb: (isMatch: boolean, data: Buffer | undefined, start: number, end: number, isDataSafe: boolean) => void;
  readonly _lookbehindSize: number;
  push(chunk: Buffer, position: number): void;
}

/** The private fields of a form's parser, for there are no others. `undefined` where they are missing, in another busboy. */
export function boundarySearchOf(form: Writable): BoundarySearch | undefined {
  const { _bparser: search } = form as { _bparser?: Partial<BoundarySearch> };
  const isKnown =
    Buffer.isBuffer(search?._needle) &&
    typeof search._cb === 'function' &&
    typeof search._lookbehindSize === 'number' &&
    typeof search.push === 'function';
  return isKnown ? (search as BoundarySearch) : undefined;
}
