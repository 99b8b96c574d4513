import { describe, expect, it } from 'vitest';
import {
  createCodePoolMemory,
  openCodePool,
  releaseCodePool,
} from '../src/upload/scan/duplicates/code-pool.ts';
import {
  createDuplicateSearch,
  type DuplicateSearch,
  type DuplicateSearchOptions,
} from '../src/upload/scan/duplicates/duplicate-search.ts';
import { createRowKernel } from '../src/upload/scan/kernel/row-kernel.ts';
import { createRowLines } from '../src/upload/scan/row-lines.ts';

/** Enters one code a row; 0 for none. */
function enter(duplicates: DuplicateSearch, codes: readonly number[]) {
  const size = 1000;
  for (let at = 0; at < codes.length; at += size) {
    const batch = codes.slice(at, at + size);
    const words = batch.flatMap((code) =>
      code === 0 ? [0, 0] : [Math.imul(code, 0x9e3779b1), Math.imul(code, 0x85ebca6b) & ~1],
    );
    duplicates.add(at + 1, batch.length, Uint32Array.from(words));
  }
}

/** What is found comes back as [row, first, isSecond]. */
function search(codes: readonly number[], options?: DuplicateSearchOptions) {
  const duplicates = createDuplicateSearch(options);
  enter(duplicates, codes);
  const found: [row: number, first: number, isSecond: boolean][] = [];
  duplicates.finish((row, first, isSecond) => found.push([row, first, isSecond]));
  found.sort(([a], [b]) => a - b);
  return { found, exact: duplicates.exact, lastRow: duplicates.lastRow };
}

describe('the search for duplicates', () => {
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

  it('finds rows that are far from each other, and from those before them', () => {
    const codes = Array.from({ length: 400_000 }, (_, at) => (at % 5_000 === 0 ? 1 + (at % 200_000) : 0));
    const { found } = search(codes);
    expect(found).toHaveLength(40);
    for (const [row, first, isSecond] of found) {
      expect([row, isSecond]).toEqual([first + 200_000, true]);
      expect(first % 5_000).toBe(1);
    }
  });

  it('stops at the most rows, and says so only when a code came after it', () => {
    expect(search([1, 2, 1, 2], { maxRows: 3 })).toEqual({ found: [[3, 1, true]], exact: false, lastRow: 3 });
    expect(search([1, 2, 1, 0], { maxRows: 3 })).toEqual({ found: [[3, 1, true]], exact: true, lastRow: 3 });
  });
});

describe('searches that share their memory', () => {
  const many = Array.from({ length: 200_000 }, (_, at) => at + 1);
  const twice = [...many, ...many];

  it('find what they find alone when one follows the other, also one that was given up', () => {
    const pool = openCodePool(createCodePoolMemory(400_000));
    for (let time = 0; time < 3; time += 1) {
      expect(search(twice, { pool })).toMatchObject({ found: { length: 200_000 }, exact: true });
      const givenUp = createDuplicateSearch({ pool });
      enter(givenUp, twice);
      givenUp.close();
      givenUp.close();
    }
  });

  it('end early where it is all taken, and say so, but never a small one', () => {
    const pool = openCodePool(createCodePoolMemory(400_000));
    const first = createDuplicateSearch({ pool });
    enter(first, twice);
    const { found, exact, lastRow } = search([900_001, ...many, 900_001], { pool });
    expect({ found, exact }).toEqual({ found: [], exact: false });
    expect(lastRow).toBeGreaterThan(30_000);
    expect(lastRow).toBeLessThan(70_000);
    expect(search([900_001, ...many.slice(0, 20_000), 900_001], { pool })).toMatchObject({
      found: { length: 1 },
      exact: true,
    });
    const found2: number[] = [];
    first.finish((row) => found2.push(row));
    expect(found2).toHaveLength(200_000);
    expect(search([900_001, ...many, 900_001], { pool })).toMatchObject({ exact: true });
  });

  it('leave nothing taken when the thread of one has ended', () => {
    const memory = createCodePoolMemory(400_000);
    enter(createDuplicateSearch({ pool: openCodePool(memory, 1) }), twice);
    const pool = openCodePool(memory, 2);
    expect(search(twice, { pool })).toMatchObject({ exact: false });
    releaseCodePool(memory, 1);
    expect(search(twice, { pool })).toMatchObject({ exact: true });
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

it('the lines of rows are known up to the last irregular one that there is room for', () => {
  const lines = createRowLines(2);
  const rows = [
    [1, 2],
    [2, 3],
    [3, 6],
    [4, 7],
  ] as const;
  for (const [row, line] of rows) expect(lines.note(row, line)).toBe(true);
  expect(lines.note(5, 9)).toBe(false);
  for (const [row, line] of rows) expect(lines.lineOf(row)).toBe(line);
});
