import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scanPlan } from '../src/upload/scan/scan-plan.ts';
import { check } from './support/fuzz.ts';
import { naiveRows, naiveScan } from './support/naive-scan.ts';
import { codesOnly, cutAt, mobileFirst, places, redeemed, scanChunks } from './support/scan-file.ts';

const emailSecond = scanPlan({
  kind: 'COUPON_BATCH',
  customerIdentifier: 'EMAIL',
  customerIdentifierColumn: 1,
});
const userFar = scanPlan({
  kind: 'COUPON_BATCH',
  customerIdentifier: 'USER_ID',
  customerIdentifierColumn: 7,
});
const plans = [codesOnly, mobileFirst, emailSecond, userFar, redeemed];

/** Just too short, just long enough, and everything beside. */
const digits = fc
  .tuple(
    fc.constantFrom('', '', '', '+', '-', '0', ' '),
    fc.integer({ min: 1, max: 24 }),
    fc.constantFrom('', '', '', '.0', '.', ' 1', 'x'),
  )
  .map(([before, length, after]) => before + '12345678901234567890987654'.slice(0, length) + after);
const value = fc.oneof(
  { weight: 3, arbitrary: digits },
  fc.integer({ min: 0, max: 300 }).map((n) => `C${n}`),
  fc.constantFrom(
    'jane@example.com',
    'x@y',
    '@x',
    'x@',
    'x@@y',
    'x y@z',
    'a-1',
    'A-1',
    'É',
    'é',
    '1.0',
    '12e5',
    '٣٤٥٦',
  ),
  fc.constantFrom('', ' ', '\t', '\u00a0', '+', '-', '.', '0'.repeat(30), '1 000', '(44) 20/79'),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.integer({ min: 60, max: 66 }).map((length) => 'M'.repeat(length)),
);
const cell = fc.oneof(
  { weight: 8, arbitrary: value },
  { weight: 2, arbitrary: value.map((text) => `"${text.replaceAll('"', '""')}"`) },
  fc.tuple(fc.constantFrom(' ', '"', '""', ' "', '"x"', '"a\n'), value).map((two) => two.join('')),
  // About as long as a cell may be that is judged.
  fc.integer({ min: 4_094, max: 4_098 }).map((length) => 'L'.repeat(length)),
);
const lineEnd = fc.oneof(
  { weight: 5, arbitrary: fc.constant('\n') },
  fc.constantFrom('\r\n', '\r', '\n\n', '\r\r\n'),
);

/** No NUL and no lone surrogate: these are another test's. */
const toText = (text: string) => text.replaceAll('\0', '').toWellFormed();
const joined = (cells: readonly string[]) => cells.join(',');

function fileOf(columns: number): fc.Arbitrary<string> {
  const header = fc
    .tuple(
      fc.constantFrom('', '', '', '\ufeff', '\n', '\ufeff\r\n'),
      fc.constantFrom('a', 'a', 'a', '"a\r\nb"', '"a,b"'),
      fc.oneof({ weight: 9, arbitrary: fc.constant(columns) }, fc.integer({ min: 1, max: 9 })),
    )
    .map(([before, name, width]) => before + joined(Array.from({ length: width }, () => name)));
  const row = fc.oneof(
    { weight: 9, arbitrary: fc.array(cell, { minLength: columns, maxLength: columns }) },
    fc.array(cell, { minLength: 1, maxLength: columns + 1 }),
  );
  // A few rows, or some that come again and again, more than the scan takes at once.
  const times = fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 60 }));
  return fc
    .tuple(
      header,
      fc.array(fc.tuple(lineEnd, row.map(joined)), { maxLength: 40 }),
      times,
      lineEnd,
      fc.boolean(),
    )
    .map(([first, rows, again, end, hasEnd]) => {
      const body = rows.map((two) => two.join('')).join('');
      return toText(`${first}${body.repeat(again)}${hasEnd ? end : ''}`);
    });
}

const cuts = fc.array(fc.nat(400_000), { maxLength: 8 });
const inChunks = (file: Buffer, offsets: readonly number[]) =>
  cutAt(
    file,
    offsets.map((offset) => offset % (file.length + 1)),
  );

describe('A scan comes to what a reader comes to that takes its time', () => {
  test('of any text', async () => {
    const planned = fc.constantFrom(...plans).chain((plan) => {
      const needed = Math.max(...[...plan.required, ...plan.optional].map(({ column }) => column)) + 1;
      return fc.tuple(fc.constant(plan), fc.constantFrom(needed, Math.max(2, needed)).chain(fileOf));
    });
    const property = fc.asyncProperty(planned, cuts, async ([plan, text], offsets) => {
      const bytes = Buffer.from(text);
      const { report } = scanChunks(inChunks(bytes, offsets), { plan });
      const { places: expected, problemCount, ...counts } = naiveScan(text, plan);
      expect(places(report)).toEqual(expected);
      expect(report.problemCount).toBe(problemCount);
      expect(report).toMatchObject(counts);
    });
    await check(property, 200);
  });

  test.each([
    ['a NUL', 0x00, 'NOT_CSV'],
    ['what is no UTF-8', 0xff, 'INVALID_ENCODING'],
  ])('of any text with %s in it', async (_what, byte, code) => {
    const property = fc.asyncProperty(fileOf(2), fc.nat(), cuts, async (text, place, offsets) => {
      const characters = [...text];
      const before = characters.slice(0, place % (characters.length + 1)).join('');
      const bytes = Buffer.concat([
        Buffer.from(before),
        Buffer.from([byte]),
        Buffer.from(text.slice(before.length)),
      ]);
      const { report } = scanChunks(inChunks(bytes, offsets), { plan: codesOnly });
      const { line, column } = naiveRows(before).end;
      expect(places(report)).toEqual([`${code} ${line}:${column}`]);
      expect(report.problemCount).toBe(1);
    });
    await check(property, 100);
  });
});
