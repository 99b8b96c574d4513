import type { Writable } from 'node:stream';
import { boundarySearchOf } from './boundary-search.ts';

/**
 * Has busboy's search for the boundary skip the chunks that hold none: it looks at them byte by byte in JavaScript,
 * which costs the relay up to half of its speed where the boundary is short, and Node can search natively. All that
 * matters stays with the search itself: matches, and whatever may begin one at the end of a chunk.
 * Where busboy is another one, nothing is done.
 */
export function quickenBoundarySearch(form: Writable): void {
  const search = boundarySearchOf(form);
  if (!search) return;
  const needle = search._needle;
  const push = search.push.bind(search);

  search.push = (chunk, position) => {
    if (position !== 0 || search._lookbehindSize > 0 || chunk.length <= needle.length)
      return push(chunk, position);
    if (chunk.includes(needle)) return push(chunk, position);
    const tail = beginningAtEnd(chunk, needle);
    if (tail < 0) return search._cb(false, chunk, 0, chunk.length, true);
    search._cb(false, chunk, 0, tail, true);
    push(chunk.subarray(tail), 0);
  };
}

/** Where the last bytes are the first ones of a delimiter, or -1. */
function beginningAtEnd(chunk: Buffer, needle: Buffer): number {
  const [first = 0] = needle;
  for (let at = chunk.length - needle.length + 1; ; at += 1) {
    at = chunk.indexOf(first, at);
    if (at < 0 || needle.compare(chunk, at, chunk.length, 0, chunk.length - at) === 0) return at;
  }
}
