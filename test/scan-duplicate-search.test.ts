import { describe, expect, it } from 'vitest';
import { createDuplicateSearch } from '../src/upload/scan/duplicate-search.ts';
import { createRowKernel } from '../src/upload/scan/row-kernel.ts';

/** Enters one code a row; 0 for none. What is found comes back as [row, first, isSecond]. */
function search(codes: readonly number[], maxRows?: number) {
  const duplicates = createDuplicateSearch(maxRows);
  const size = 1000;
  for (let at = 0; at < codes.length; at += size) {
    const batch = codes.slice(at, at + size);
    const words = batch.flatMap((code) =>
      code === 0 ? [0, 0] : [Math.imul(code, 0x9e3779b1), Math.imul(code, 0x85ebca6b) & ~1],
    );
    duplicates.add(at + 1, batch.length, Uint32Array.from(words));
  }
  const found: [row: number, first: number, isSecond: boolean][] = [];
  duplicates.finish((row, first, isSecond) => found.push([row, first, isSecond]));
  found.sort(([a], [b]) => a - b);
  return { found, exact: duplicates.exact, lastRow: duplicates.lastRow };
}

describe('the search for duplicates', () => {
  it('refuses to search more rows than it can hold', () => {
    expect(() => createDuplicateSearch(5_000_001)).toThrow('5000000');
  });

  it('finds nothing where no code stands twice, and takes rows without a code for no duplicates', () => {
    const codes = Array.from({ length: 200_000 }, (_, at) => (at % 3 === 0 ? 0 : at + 1));
    expect(search(codes)).toEqual({ found: [], exact: true, lastRow: 5_000_000 });
  });

  it('finds every row whose code was there before, with the first', () => {
    const codes = Array.from({ length: 100_000 }, (_, at) => at + 1);
    const { found } = search([...codes, ...codes, 7]);
    // As text: a difference would otherwise be told at great length.
    expect(String(found)).toBe(
      String([...codes.map((row) => [100_000 + row, row, true]), [200_001, 7, false]]),
    );
  });

  it('finds one code in all rows', () => {
    const { found } = search(Array.from({ length: 50_000 }, () => 5));
    expect(found).toHaveLength(49_999);
    expect(found.at(-1)).toEqual([50_000, 1, false]);
  });

  it('stops at the most rows, and says so only when a code came after it', () => {
    expect(search([1, 2, 1, 2], 3)).toEqual({ found: [[3, 1, true]], exact: false, lastRow: 3 });
    expect(search([1, 2, 1, 0], 3)).toEqual({ found: [[3, 1, true]], exact: true, lastRow: 3 });
  });
});

describe('the hash of a code', () => {
  // Running numbers are what codes often are, and what a weak hash maps onto each other.
  it.each<[name: string, code: (n: number) => string]>([
    ['running numbers', (n) => String(n)],
    ['a prefix and running numbers', (n) => `SUMMER-${String(n).padStart(9, '0')}`],
    ['running numbers and a suffix', (n) => `${n}ABCDEFGH`],
    ['two running parts', (n) => `${n % 1000}-AAAA-${Math.floor(n / 1000)}`],
  ])('spreads %s evenly in each of its halves', (_name, code) => {
    const { hashText, hashes } = createRowKernel();
    const count = 300_000;
    const low = new Set<number>();
    const high = new Set<number>();
    const slots = new Uint32Array(1024);
    for (let n = 0; n < count; n++) {
      hashText(code(n));
      const [a = 0, b = 0] = hashes;
      low.add(a);
      high.add(b >>> 1);
      slots[a & 1023] = (slots[a & 1023] ?? 0) + 1;
    }
    // By chance: 10.5 pairs meet in 32 bits and 21 in 31, and a slot gets 293 (deviation 17).
    expect(count - low.size).toBeLessThan(35);
    expect(count - high.size).toBeLessThan(55);
    expect(Math.max(...slots)).toBeLessThan(293 + 6 * 17);
  });
});
