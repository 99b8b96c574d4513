/** The hash of the last code given to `of`, in two halves of 32 bits. */
export interface CodeHash {
  low: number;
  high: number;
  /** Hashes `bytes[start, end)` without regard to case. */
  of(bytes: Buffer, start: number, end: number): void;
}

/**
 * 64 bits stand for a coupon code, since a string for each of millions of codes would cost ten times the memory.
 * Among two million codes two meet by chance once in ten million files. One object is reused: nothing is allocated a row.
 * Two lanes of MurmurHash3 (x86, 32 bits) with constants of their own.
 */
export function createCodeHash(): CodeHash {
  const hash: CodeHash = { low: 0, high: 0, of };

  function of(bytes: Buffer, start: number, end: number): void {
    let low = 0x2545f491 ^ (end - start);
    let high = 0x3c6ef372 ^ (end - start);
    for (let i = start; i < end; i += 4) {
      let word = 0;
      for (let j = i; j < i + 4 && j < end; j++) {
        const byte = bytes[j] as number;
        if (byte >= 128) {
          ofText(bytes.toString('utf8', start, end));
          return;
        }
        word = (word << 8) | (byte >= 65 && byte <= 90 ? byte | 32 : byte);
      }
      low = step(low, word, 0xcc9e2d51, 0x1b873593);
      high = step(high, word, 0x85ebca6b, 0xc2b2ae35);
    }
    hash.low = finish(low);
    hash.high = finish(high);
  }

  // Lower case outside ASCII is no matter of single bytes: each UTF-16 unit is a word.
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
