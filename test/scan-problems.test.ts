import { describe, expect, it } from 'vitest';
import { createCsvScan } from '../src/upload/scan/csv-scan.ts';
import { createProblemList } from '../src/upload/scan/problem-list.ts';
import { scanPlan } from '../src/upload/scan/scan-plan.ts';
import { codesOnly, mobileFirst, places, redeemed, scanChunks, scanFile } from './support/scan-file.ts';

describe('a file that is wrong as a whole', () => {
  const utf16le = Buffer.from('code\nA1\n', 'utf16le');
  const cases: [name: string, file: string | Buffer, place: string][] = [
    ['no bytes', '', 'EMPTY_FILE -:-'],
    ['nothing but a byte order mark', '\ufeff', 'EMPTY_FILE -:-'],
    ['nothing but line ends', '\r\n\n\r', 'EMPTY_FILE -:-'],
    ['a header only', 'code\n', 'NO_DATA_ROWS -:-'],
    ['a header without a line end', 'code', 'NO_DATA_ROWS -:-'],
    ['a header and empty lines', 'code\n\n\n', 'NO_DATA_ROWS -:-'],
    ['a quote that never ends', 'code\nA1\n"A2\nA3\n', 'UNTERMINATED_QUOTE 3:0'],
    ['a quote that never ends in the header', '"code\nA1\n', 'UNTERMINATED_QUOTE 1:0'],
    ['a quote that never ends in the second column', 'code,x\nA1,"\n', 'UNTERMINATED_QUOTE 2:1'],
    ['a workbook', 'PK\x03\x04\x14\x00\x06\x00', 'NOT_CSV -:-'],
    ['a workbook of the old format', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), 'NOT_CSV -:-'],
    ['a gzip archive', Buffer.from('1f8b0800', 'hex'), 'NOT_CSV -:-'],
    ['a PDF', '%PDF-1.7\n', 'NOT_CSV -:-'],
    ['an image', Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'NOT_CSV -:-'],
    ['a web page', '\ufeff<!DOCTYPE html>\n<html>', 'NOT_CSV -:-'],
    ['an XML sheet', '<?xml version="1.0"?>\n', 'NOT_CSV -:-'],
    ['a NUL byte in the third line', 'code\nA1\nA2,\0\nA3\n', 'NOT_CSV 3:1'],
    ['a header of more than 1 MiB', 'x'.repeat(2 ** 20 + 1), 'NOT_CSV 1:-'],
    ['UTF-16 with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16le]), 'INVALID_ENCODING 1:-'],
    ['UTF-16 without its mark', utf16le, 'INVALID_ENCODING 1:-'],
    ['UTF-16 the other way round', Buffer.from(utf16le).swap16(), 'INVALID_ENCODING 1:-'],
    ['Windows-1252', Buffer.from('code,name\nA1,x\nA2,Jos\xe9\n', 'latin1'), 'INVALID_ENCODING 3:1'],
    ['a surrogate in UTF-8', Buffer.from('636f64650a41eda0800a', 'hex'), 'INVALID_ENCODING 2:0'],
    ['an overlong form', Buffer.from('636f64650a41c0af0a', 'hex'), 'INVALID_ENCODING 2:0'],
    ['a cut character at the end', Buffer.from('636f64650a4131e282', 'hex'), 'INVALID_ENCODING 2:0'],
  ];

  it.each(cases)('is refused for %s', (_name, file, place) => {
    const { report } = scanFile(file);
    expect(places(report)).toEqual([place]);
    expect(report.wholeFileProblem).toBe(report.problems[0]);
    expect(report.problemCount).toBe(1);
  });

  it('is refused when the header lacks a needed column, and says which', () => {
    const { report } = scanFile('date,till,user\n1603128622000,1,2\n', redeemed);
    expect(places(report)).toEqual(['TOO_FEW_COLUMNS 1:3']);
    expect(report.wholeFileProblem?.message).toContain('3 (coupon identifier), 4 (details)');
  });

  it('says that semicolons do not separate cells when all stands in one column', () => {
    const { report } = scanFile('date;till;user;code\n1;2;3;4\n', redeemed);
    expect(report.wholeFileProblem?.message).toContain('not by semicolons');
  });

  it('is refused once it has more lines than can be told, whether they are rows or not', () => {
    const options = { plan: codesOnly, maxLines: 4 };
    expect(scanChunks([Buffer.from('code\nA\nB\nC')], options).report.wholeFileProblem).toBeUndefined();
    for (const file of ['code\nA\nB\nC\nD', 'code\n\n\n\nA\n', 'code\n"\n\n\n"']) {
      const { wholeFileProblem } = scanChunks([Buffer.from(file)], options).report;
      expect(wholeFileProblem).toMatchObject({ code: 'TOO_LARGE' });
      expect(wholeFileProblem?.message).toContain('more than 4 lines');
    }
  });

  it('is refused once it is larger than allowed, and not before', () => {
    const file = `code\n${'A'.repeat(20)}\n`;
    expect(scanFile(file, codesOnly, { maxFileBytes: file.length }).report.wholeFileProblem).toBeUndefined();
    expect(places(scanFile(file, codesOnly, { maxFileBytes: file.length - 1 }).report)).toEqual([
      'TOO_LARGE -:-',
    ]);
  });

  it('is known as such in the first chunk, before the end', () => {
    const { scan } = scanFile('PK\x03\x04 and so on');
    expect(scan.fatal?.code).toBe('NOT_CSV');
  });

  it('says nothing of rows, whose problems may come from the fault', () => {
    const { report } = scanFile('code\n \nA1\nA1\n"A2\n');
    expect(places(report)).toEqual(['UNTERMINATED_QUOTE 5:0']);
  });
});

describe('a row that upstream rejects', () => {
  const batch = (customerIdentifier: 'MOBILE' | 'EMAIL' | 'EXTERNAL_ID' | 'USER_ID') =>
    scanPlan({ kind: 'COUPON_BATCH', customerIdentifier, customerIdentifierColumn: 1 });
  const row = (cells: string) => scanFile(`a,b,c,d,e\n${cells}\n`, redeemed).report;

  it.each([
    ['has too few columns', row('1603128622000,50015497'), ['TOO_FEW_COLUMNS 2:2']],
    ['has an empty cell', row('1603128622000,,23599838,ABC,'), ['EMPTY_CELL 2:1']],
    ['has a cell of blanks', row('1603128622000, \t,23599838,ABC,'), ['EMPTY_CELL 2:1']],
    ['has a quoted cell of nothing', row('1603128622000,"",23599838,ABC,'), ['EMPTY_CELL 2:1']],
    ['has a date in seconds', row('1603128622,1,2,ABC,'), ['INVALID_DATE 2:0']],
    ['has a written date', row('2020-10-19 17:30,1,2,ABC,'), ['INVALID_DATE 2:0']],
    ['has a name for a number', row('1603128622000,1,Jane,ABC,'), ['INVALID_NUMBER 2:2']],
    [
      'has several faults',
      row('x,,y,,'),
      ['INVALID_DATE 2:0', 'EMPTY_CELL 2:1', 'INVALID_NUMBER 2:2', 'EMPTY_CELL 2:3'],
    ],
    ['has no address', scanFile('code,mail\nA1,jane\n', batch('EMAIL')).report, ['INVALID_EMAIL 2:1']],
    ['has no phone number', scanFile('code,phone\nA1,n/a\n', batch('MOBILE')).report, ['INVALID_MOBILE 2:1']],
    [
      'has a repeated code',
      scanFile('code\nA1\nB1\na1\n').report,
      ['DUPLICATE_COUPON 2:0', 'DUPLICATE_COUPON 4:0'],
    ],
  ])('is listed when it %s', (_name, report, expected) => {
    expect(places(report)).toEqual(expected);
    expect(report.problemCount).toBe(expected.length);
    expect(report.wholeFileProblem).toBeUndefined();
  });

  it.each<[identifier: 'MOBILE' | 'EMAIL' | 'EXTERNAL_ID' | 'USER_ID', refused: string[], passed: string[]]>([
    [
      'MOBILE',
      ['n/a', '123', '9.19877E+11', '98+7654321', '123456789012345678901', 'null', '9876543210;', '-'],
      ['1234', '+91 98765-43210', '(020) 1234.5678', '919876543210', '00919876543210', '٠١٢٣٤٥'],
    ],
    [
      'EMAIL',
      ['jane', '@example.com', 'jane@', 'jane doe@example.com', 'null', '@'],
      ['j@x', 'jane.doe+tag@example.co.in', '"a@b"@example.com', 'jane@localhost', 'жанна@пример.рф'],
    ],
    [
      'USER_ID',
      ['jane', '12a', '1.5', '2.3E+7', '12345678901234567890', '1 2'],
      ['1', '23599838', '+7', '12.0', '007'],
    ],
    ['EXTERNAL_ID', [], ['x', '0', '-', 'null', 'a b c', 'é']],
  ])('is judged by the rule for %s', (identifier, refused, passed) => {
    const lines = [...refused, ...passed].map((cell, at) => `C${at},"${cell.replaceAll('"', '""')}"`);
    const { report } = scanFile(`code,id\n${lines.join('\n')}\n`, batch(identifier));
    expect(report.problems.map(({ line }) => (line ?? 0) - 2)).toEqual(refused.map((_, at) => at));
  });

  it('is told of a number that a spreadsheet has shortened', () => {
    const { report } = scanFile('code,phone\nA1,9.19877E+11\n', batch('MOBILE'));
    expect(report.problems[0]?.message).toContain('shortened');
  });

  it('passes when only optional cells are empty or missing', () => {
    expect(places(row('1603128622000,1,2,ABC'))).toEqual([]);
    expect(places(row('1603128622000,1,2,ABC,'))).toEqual([]);
    expect(places(row('1603128622000,1,2,ABC,x,y,z'))).toEqual([]);
  });

  it('passes when a cell is too long to be kept', () => {
    const { report } = scanFile(`code,phone\nA1,${'x'.repeat(10_000)}\nA2,x\n`, batch('MOBILE'));
    expect(places(report)).toEqual(['INVALID_MOBILE 3:1']);
  });

  it('is named by its first line when it spans several', () => {
    const { report } = scanFile('code,phone\n"A\r\n1","\n"\n\nA2,x\n', batch('MOBILE'));
    expect(places(report)).toEqual(['EMPTY_CELL 2:1', 'INVALID_MOBILE 6:1']);
  });

  it('is shown in the message without control characters and cut to 40 characters', () => {
    const cell = `x\u001b[31m\u202e${'😀'.repeat(1000)}`;
    const message = scanFile(`code,phone\nA1,${cell}\n`, batch('MOBILE')).report.problems[0]?.message ?? '';
    expect(message).toContain(`"x\\u{1b}[31m\\u{202e}${'😀'.repeat(33)}…"`);
    expect(message.length).toBeLessThan(300);
  });
});

describe('a coupon code that stands twice', () => {
  it('is found whatever its case, blanks around it and quotes', () => {
    const { report } = scanFile('code\nAb-1\n  aB-1\t\n"AB-1"\n" ab-1 "\n');
    expect(places(report)).toEqual([2, 3, 4, 5].map((line) => `DUPLICATE_COUPON ${line}:0`));
  });

  it('is found in letters beyond ASCII', () => {
    expect(scanFile('code\nÉTÉ-1\nété-1\nете-1\n').report.problemCount).toBe(2);
  });

  it('names the other line', () => {
    const [first, second] = scanFile('code\nA1\n\nB1\na1\n').report.problems;
    expect(first?.message).toContain('in line 2 appears again in line 5');
    expect(second?.message).toContain('in line 5 already appears in line 2');
  });

  it('is not found where only punctuation differs by the bit of a letter case', () => {
    expect(scanFile('code\nA[1\nA{1\nA@1\nA`1\nA^1\nA~1\nA_1\nA\x7f1\nÀ\nà́\n').report.problemCount).toBe(0);
  });

  it('is searched in the other of two columns', () => {
    const { report } = scanFile(
      'phone,code\n987654321,A1\n987654322,A1\n987654321,\n987654321,\n',
      mobileFirst,
    );
    expect(places(report)).toEqual(['DUPLICATE_COUPON 2:1', 'DUPLICATE_COUPON 3:1']);
  });

  it('is not searched among identifiers, in three columns or among redeemed coupons', () => {
    expect(scanFile('phone\n98765\n98765\n', mobileFirst).report.problemCount).toBe(0);
    expect(scanFile('phone,code,x\n98765,A,1\n98765,A,1\n', mobileFirst).report.problemCount).toBe(0);
    const twice = '1603128622000,1,2,ABC,\n'.repeat(2);
    expect(scanFile(`a,b,c,d,e\n${twice}`, redeemed).report.problemCount).toBe(0);
  });

  it('is not found past the rows that can be searched, and the report says so', () => {
    const file = 'code\nA1\nA2\nA1\nA4\nA4\n';
    const { report } = scanFile(file, codesOnly, { maxExactRows: 3 });
    expect(places(report)).toEqual(['DUPLICATE_COUPON 2:0', 'DUPLICATE_COUPON 4:0']);
    expect(report.notes[0]).toContain('Only the first 3 rows were searched');
    expect(scanFile(file, codesOnly, { maxExactRows: 5 }).report).toMatchObject({ notes: [] });
  });
});

describe('the list of problems', () => {
  it('keeps the first hundred in the order of the file and counts all', () => {
    const codes = Array.from({ length: 300 }, (_, at) => `C${at}`);
    const { report } = scanFile(`code\n${[...codes, ...codes.toReversed()].join('\n')}\n`);
    expect(report.problemCount).toBe(600);
    expect(report.problems.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, at) => at + 2));
  });
});

it('tells of no more problems than an Int of GraphQL can hold', () => {
  const problems = createProblemList();
  problems.addUnseen(2 ** 31 - 1);
  problems.addUnseen(4);
  expect(problems.count).toBe(2_147_483_647);
});

describe('a scan of any length', () => {
  it('holds no more than 80 MB, and still counts past the rows that it can search', () => {
    const before = process.memoryUsage().arrayBuffers;
    const scan = createCsvScan({ plan: codesOnly });
    scan.write(Buffer.from('code\n'));
    const rows = 5_200_000;
    const batch = 10_000;
    for (let row = 0; row < rows; row += batch) {
      const codes = Array.from({ length: batch }, (_, at) => row + at);
      // Every row of the first batch is a problem, those past the last are not searched.
      scan.write(Buffer.from(`${codes.map((code) => code % 5_190_000).join('\n')}\n`));
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80e6);
    const report = scan.end();
    expect(report).toMatchObject({ rows, problemCount: 0 });
    expect(report.notes[0]).toContain('5,000,000');
  });
});
