import { describe, expect, it } from 'vitest';
import { createRowKernel } from '../src/upload/scan/kernel/row-kernel.ts';
import { createPlainRows } from '../src/upload/scan/plain-rows.ts';
import { createProblemList } from '../src/upload/scan/problem-list.ts';
import type { ScanPlan } from '../src/upload/scan/scan-plan.ts';
import { codesOnly, mobileFirst, places, redeemed, scanFile } from './support/scan-file.ts';

/** How many rows of these the kernel takes. What it leaves costs time and no more: the row reader judges it. */
function plainRows(rows: string, plan: ScanPlan, maxProblems = 100): number {
  const bytes = Buffer.from(rows);
  return (
    createPlainRows(createRowKernel(), plan, createProblemList(maxProblems), undefined, undefined)?.read(
      bytes,
      0,
      bytes.length,
      100,
      1,
      2,
    ) ?? -1
  );
}

describe('the row kernel', () => {
  const long = 'x'.repeat(500);

  it.each<[name: string, rows: string, plan: ScanPlan, count: number]>([
    ['LF', 'A1\nA2\nA3\n', codesOnly, 3],
    ['CRLF', 'A1\r\nA2\r\nA3\r\n', codesOnly, 3],
    // Whether LF follows the last CR is not known yet.
    ['a lone CR', 'A1\rA2\rA3\r', codesOnly, 2],
    ['quotes', '"987654321","A1"\n"987654321","A,2"\n', mobileFirst, 2],
    ['blanks', ' 987654321 , A1\n\t987654321\t,A2\t\n', mobileFirst, 2],
    ['signs in numbers', '+91 98765-43210,A1\n(020) 123.456,A2\n', mobileFirst, 2],
    ['letters beyond ASCII', 'É1\n€\n券\n', codesOnly, 3],
    ['all columns of a redeemed coupon', '1603128622000,1,2,ABC,note\n1603128622000,1,2,ABC\n', redeemed, 2],
    ['long cells', `1603128622000,1,2,${long},${long}\n1603128622000,"${long}",2,A,"${long}"\n`, redeemed, 2],
    ['several lines, one by one', 'A1,"a\nb"\nA2,"c\r\n""d"""\n', codesOnly, 1],
    ['doubled quotes', '1603128622000,"till ""1""",2,A,"""note"""\n', redeemed, 1],
  ])('takes rows with %s', (_name, rows, plan, count) => {
    expect(plainRows(rows, plan)).toBe(count);
  });

  it.each<[name: string, row: string, plan: ScanPlan]>([
    ['no line end yet', 'A2', codesOnly],
    ['no bytes', '\n', codesOnly],
    ['too few columns', '1603128622000,1,2\n', redeemed],
    ['an empty cell', '1603128622000,,2,A\n', redeemed],
    ['a wrong cell', '987654321x,A1\n', mobileFirst],
    ['several lines', '"A\n1"\n', codesOnly],
    ['text after a quote', '"A"1\n', codesOnly],
  ])('leaves a row with %s', (_name, row, plan) => {
    const sound = plan === redeemed ? '1603128622000,1,2,ABC\n' : '987654321,A1\n';
    expect(plainRows(`${sound}${row}`, plan)).toBe(1);
  });

  it('says how many lines the rows have', () => {
    const rows = Buffer.from(`A0\nA1,"a\r\nb\r\rc\n"\nA2,"""${'x'.repeat(70)}\r\n\n"\nA3\n`);
    const plain = createPlainRows(createRowKernel(), codesOnly, createProblemList(), undefined, undefined);
    const read = (from: number) => {
      const count = plain?.read(rows, from, rows.length, 100, 1, 2);
      return { count, lines: plain?.lines };
    };
    expect(read(0)).toEqual({ count: 2, lines: 6 });
    expect(read(plain?.offset ?? 0)).toEqual({ count: 1, lines: 3 });
    expect(read(plain?.offset ?? 0)).toEqual({ count: 1, lines: 1 });
    expect(plain?.offset).toBe(rows.length);
  });

  it('counts what is plainly wrong once no more problems can be listed', () => {
    const rows = '1603128622,1,2,A\n1603128622000,,x,A\n1603128622000,1\n,,,\n1603128622000,1,-2,A\n';
    expect(plainRows(rows, redeemed, 0)).toBe(4);
    expect(scanFile(`a,b,c,d,e\n${rows}`, redeemed, { maxProblems: 0 }).report.problemCount).toBe(8);
    expect(scanFile(`a,b,c,d,e\n${rows}`, redeemed).report.problemCount).toBe(8);
  });

  it('is not used for a column too far to the right, or for one with two rules', () => {
    const at = (...columns: number[]): ScanPlan => ({
      required: columns.map((column) => ({ column, name: 'number', rule: 'number' })),
      optional: [],
      uniqueColumn: () => undefined,
    });
    expect(plainRows('1\n', at(256))).toBe(-1);
    expect(plainRows('1\n', at(0, 0))).toBe(-1);
    const wide = Array.from({ length: 300 }, () => '1').join(',');
    const { report } = scanFile(`${wide}\n${wide}\n${wide},\nx\n${wide}x\n`, at(299));
    expect(report).toMatchObject({ rows: 4, columns: 300 });
    expect(places(report)).toEqual(['TOO_FEW_COLUMNS 4:299', 'INVALID_NUMBER 5:299']);
  });
});
