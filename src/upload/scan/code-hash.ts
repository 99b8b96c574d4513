/** 63 bits of hash in two 32-bit halves, overwritten by the next call: an object a code would cost more than its hash. */
export interface CodeHash {
  low: number;
  high: number;
}

/** Hashes the bytes of a trimmed code, ASCII letters folded to lower case. */
export type HashCode = (view: DataView, from: number, to: number) => CodeHash;

/**
 * Two Murmur3 lanes with different constants. Seeded afresh for each file, so that nobody can prepare codes that
 * collide; `seed` is for tests.
 */
export function createCodeHash(seed: number = Math.floor(Math.random() * 2 ** 32)): HashCode {
  const hash: CodeHash = { low: 0, high: 0 };
  return (view, from, to) => {
    const length = to - from;
    let a = seed ^ length;
    let b = ~seed + length;
    let i = from;
    for (; i + 4 <= to; i += 4) {
      const word = foldAscii(view.getInt32(i, true));
      a = mixA(a, word);
      b = mixB(b, word);
    }
    if (i < to) {
      let rest = 0;
      for (let shift = 0; i < to; i++, shift += 8) rest |= view.getUint8(i) << shift;
      rest = foldAscii(rest);
      a = mixA(a, rest);
      b = mixB(b, rest);
    }
    a = avalanche(a);
    b = avalanche(b ^ a);
    hash.low = a >>> 0;
    hash.high = b >>> 1;
    return hash;
  };
}

/** Lower-cases four bytes at once; only A to Z change. */
function foldAscii(word: number): number {
  const low = word & 0x7f7f7f7f;
  // The top bit of each byte says: at least "A", and not past "Z". A byte that had it to begin with is no ASCII.
  const capital = (low + 0x3f3f3f3f) & ~(low + 0x25252525) & ~word & 0x80808080;
  return word | (capital >>> 2);
}

function mixA(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function mixB(hash: number, word: number): number {
  let k = Math.imul(word, 0x239b961b);
  k = Math.imul((k << 16) | (k >>> 16), 0xab0e9789);
  const h = hash ^ k;
  return (Math.imul((h << 19) | (h >>> 13), 5) + 0x561ccd1b) | 0;
}

function avalanche(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
