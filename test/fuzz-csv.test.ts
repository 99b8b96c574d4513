import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scanPlan } from '../src/upload/scan/scan-plan.ts';
import { codesOnly, cutAt, mobileFirst, places, redeemed, scanChunks } from './scan-file.ts';
import { check } from './support/fuzz.ts';
import { naiveRows, naiveScan } from './support/naive-scan.ts';

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
const plan = fc.constantFrom(codesOnly, mobileFirst, emailSecond, userFar, redeemed);

const value = fc.oneof(
  fc.constantFrom('919999999999', '+44 20 7946', '1603128622000', '23456', 'A-1', 'a-1', 'É', 'é', 'x@y.zz'),
  fc.constantFrom('', ' ', '\t', '\u00a0', '1.0', '12e5', '٣٤٥٦', '-7', '+', '@', 'x@', '0'.repeat(30)),
  fc.integer({ min: 0, max: 300 }).map((n) => `C${n}`),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.integer({ min: 4_090, max: 4_100 }).map((length) => 'L'.repeat(length)),
);
const cell = fc.oneof(
  { weight: 6, arbitrary: value },
  { weight: 2, arbitrary: value.map((text) => `"${text.replaceAll('"', '""')}"`) },
  fc.tuple(fc.constantFrom('"', '""', ' "', '"x"', '"a\n'), value).map((two) => two.join('')),
);
const row = fc.array(cell, { minLength: 1, maxLength: 9 }).map((cells) => cells.join(','));
const lineEnd = fc.oneof(
  { weight: 5, arbitrary: fc.constant('\n') },
  fc.constantFrom('\r\n', '\r', '\n\n', '\r\r\n'),
);
const header = fc.constantFrom(
  'a',
  'a,b',
  'a,b,c,d,e',
  'a,b,c,d,e,f,g,h',
  '"a\r\nb",c',
  '\ufeffa,b',
  '\ufeff"a",b',
  '\n\na,b',
);

/** No NUL and no lone surrogate: what the text must have is another test's. */
const toText = (text: string) => text.replaceAll('\0', '').toWellFormed();

/** Of a few rows, or of some that come again and again, more than the scan takes at once. */
const file = fc
  .tuple(
    header,
    fc.array(fc.tuple(lineEnd, row), { maxLength: 40 }),
    fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 60 })),
    lineEnd,
    fc.boolean(),
  )
  .map(([first, rows, times, end, hasEnd]) => {
    const body = rows.map((two) => two.join('')).join('');
    return toText(`${first}${body.repeat(times)}${hasEnd ? end : ''}`);
  });
const cuts = fc.array(fc.nat(400_000), { maxLength: 8 });

describe('A scan comes to what a reader comes to that takes its time', () => {
  test('of any text', async () => {
    const property = fc.asyncProperty(file, plan, cuts, async (text, columns, offsets) => {
      const bytes = Buffer.from(text);
      const { report } = scanChunks(
        cutAt(
          bytes,
          offsets.map((offset) => offset % (bytes.length + 1)),
        ),
        { plan: columns },
      );
      const { places: expected, problemCount, ...counts } = naiveScan(text, columns);
      expect(places(report)).toEqual(expected);
      expect(report.problemCount).toBe(problemCount);
      expect(report).toMatchObject(counts);
    });
    await check(property, 60);
  });

  test.each([
    ['a NUL', 0x00, 'NOT_CSV'],
    ['what is no UTF-8', 0xff, 'INVALID_ENCODING'],
  ])('of any text with %s in it', async (_what, byte, code) => {
    const property = fc.asyncProperty(file, fc.nat(), cuts, async (text, place, offsets) => {
      const characters = [...text];
      const before = characters.slice(0, place % (characters.length + 1)).join('');
      const bytes = Buffer.concat([
        Buffer.from(before),
        Buffer.from([byte]),
        Buffer.from(text.slice(before.length)),
      ]);
      const { report } = scanChunks(
        cutAt(
          bytes,
          offsets.map((offset) => offset % (bytes.length + 1)),
        ),
        { plan: codesOnly },
      );
      const { line, column } = naiveRows(before).end;
      expect(places(report)).toEqual([`${code} ${line}:${column}`]);
      expect(report.problemCount).toBe(1);
    });
    await check(property, 30);
  });
});
