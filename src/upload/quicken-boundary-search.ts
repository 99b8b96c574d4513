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
    // A delimiter may still begin in the last bytes, with the carriage return that begins every delimiter.
    const tail = chunk.indexOf(needle[0] as number, chunk.length - needle.length + 1);
    if (tail < 0) return search._cb(false, chunk, 0, chunk.length, true);
    search._cb(false, chunk, 0, tail, true);
    push(chunk.subarray(tail), 0);
  };
}
