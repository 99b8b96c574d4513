import { describe, expect, it } from 'vitest';
import { createCodeHash } from '../src/upload/scan/code-hash.ts';
import { createDuplicateSearch } from '../src/upload/scan/duplicate-search.ts';

describe('the search for duplicates', () => {
  it('refuses to search more rows than a slot can number', () => {
    expect(() => createDuplicateSearch(2 ** 23)).toThrow('8388607');
  });

  it('is over, and says up to which row it went, when codes were made to collide', () => {
    const search = createDuplicateSearch(100_000);
    let row = 1;
    while (search.add(row, 7, row) === 0) row++;
    expect(row).toBeGreaterThan(1000);
    expect(search.lastRow).toBe(row - 1);
    expect(search.add(row + 1, 8, 8)).toBe(-1);
  });

  it('finds every first row again after growing', () => {
    const search = createDuplicateSearch(300_000);
    const spread = (row: number) => Math.imul(row, 0x9e3779b1) >>> 0;
    // Every third row has no code.
    const rows = Array.from({ length: 150_000 }, (_, at) => at + 1).filter((row) => row % 3 !== 0);
    expect(rows.every((row) => search.add(row, spread(row), row) === 0)).toBe(true);
    expect(rows.every((row) => search.add(150_000 + row, spread(row), row) === row)).toBe(true);
    expect(search.lastRow).toBe(300_000);
  });

  it('tells each first row once', () => {
    const search = createDuplicateSearch();
    search.add(1, 5, 6);
    expect(search.add(2, 5, 6)).toBe(1);
    expect([search.claimFirst(1), search.claimFirst(1)]).toEqual([true, false]);
    expect(search.add(3, 5, 6)).toBe(1);
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
    const hashCode = createCodeHash(42);
    const count = 300_000;
    const low = new Set<number>();
    const high = new Set<number>();
    const slots = new Uint32Array(1024);
    for (let n = 0; n < count; n++) {
      const bytes = Buffer.from(code(n));
      const hash = hashCode(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
      low.add(hash.low);
      high.add(hash.high);
      slots[hash.low & 1023] = (slots[hash.low & 1023] ?? 0) + 1;
    }
    // By chance: 10.5 pairs meet in 32 bits and 21 in 31, and a slot gets 293 (deviation 17).
    expect(count - low.size).toBeLessThan(35);
    expect(count - high.size).toBeLessThan(55);
    expect(Math.max(...slots)).toBeLessThan(293 + 6 * 17);
  });
});
