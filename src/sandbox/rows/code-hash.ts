/** The hash of the last code given to `of`, in two halves of 32 bits. */
export interface CodeHash {
  low: number;
  high: number;
  /** Hashes `bytes[start, end)` without regard to case. */
  of(bytes: Buffer, start: number, end: number): void;
}

/**
 * 64 bits stand for a coupon code: a string for each of millions of codes would take ten times the memory.
 * Two of two million codes share a hash by chance once in ten million files. One object is reused, so no row
 * allocates anything. Two lanes of MurmurHash3 (x86, 32 bits) with constants of their own.
 */
export function createCodeHash(): CodeHash {
  const hash: CodeHash = { low: 0, high: 0, of };

  function of(bytes: Buffer, start: number, end: number): void {
    let low = 0x2545f491 ^ (end - start);
    let high = 0x3c6ef372 ^ (end - start);
    let seen = 0;
    let i = start;
    for (; i + 4 <= end; i += 4) {
      const word =
        (bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24);
      seen |= word;
      const lower = lowerCase(word);
      low = step(low, lower, 0xcc9e2d51, 0x1b873593);
      high = step(high, lower, 0x85ebca6b, 0xc2b2ae35);
    }
    let rest = 0;
    for (; i < end; i++) rest = (rest << 8) | (bytes[i] as number);
    if (((seen | rest) & HIGH_BITS) !== 0) {
      ofText(bytes.toString('utf8', start, end));
      return;
    }
    rest = lowerCase(rest);
    hash.low = finish(step(low, rest, 0xcc9e2d51, 0x1b873593));
    hash.high = finish(step(high, rest, 0x85ebca6b, 0xc2b2ae35));
  }

  // Lower case outside ASCII cannot be had byte by byte: each UTF-16 unit is hashed as a word.
  function ofText(text: string): void {
    const lower = text.toLowerCase();
    let low = lower.length;
    let high = ~lower.length;
    for (let i = 0; i < lower.length; i++) {
      low = step(low, lower.charCodeAt(i), 0xcc9e2d51, 0x1b873593);
      high = step(high, lower.charCodeAt(i), 0x85ebca6b, 0xc2b2ae35);
    }
    hash.low = finish(low);
    hash.high = finish(high);
  }

  return hash;
}

const HIGH_BITS = 0x80808080 | 0;

/** Four ASCII letters at once: the sums set the high bit of each byte from A on, and of each byte past Z. */
function lowerCase(word: number): number {
  const upper = ((word + 0x3f3f3f3f) ^ (word + 0x25252525)) & HIGH_BITS;
  return word | (upper >>> 2);
}

function step(lane: number, word: number, first: number, second: number): number {
  const k = Math.imul(word, first);
  const mixed = lane ^ Math.imul((k << 15) | (k >>> 17), second);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(lane: number): number {
  let x = lane ^ (lane >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}
