import type { Writable } from 'node:stream';
import { type BoundarySearch, createBoundarySearch, type TellBoundary } from './boundary-search.ts';

/** busboy 1.6's search for the boundary (streamsearch), as far as it is used here. */
interface OldSearch {
  /** The delimiter. */
  readonly _needle: Buffer;
  readonly _cb: TellBoundary;
  /** How many bytes of a delimiter count as come already: the line end that busboy puts before every form. */
  readonly _lookbehindSize: number;
}

/**
 * Makes a form use our search for its boundary, with `listen` in between: it gets what is called for
 * boundaries, and returns what is called instead. Uses private fields, for there are no others; in a busboy
 * without them nothing is done, and false is returned.
 */
export function replaceBoundarySearch(
  form: Writable,
  listen: (tell: TellBoundary) => TellBoundary = (tell) => tell,
): boolean {
  const fields = form as { _bparser?: Partial<OldSearch> | BoundarySearch };
  const old = fields._bparser;
  if (!isOldSearch(old)) return false;
  fields._bparser = createBoundarySearch(old._needle, old._lookbehindSize, listen(old._cb));
  return true;
}

function isOldSearch(search: Partial<OldSearch> | BoundarySearch | undefined): search is OldSearch {
  return (
    search !== undefined &&
    '_needle' in search &&
    Buffer.isBuffer(search._needle) &&
    typeof search._cb === 'function' &&
    typeof search._lookbehindSize === 'number'
  );
}
