import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCsvScan } from '../src/upload/scan/csv-scan.ts';
import { createRowReader } from '../src/upload/scan/row-reader.ts';
import { scanPlan } from '../src/upload/scan/scan-plan.ts';
import { trimCell } from '../src/upload/scan/trim-cell.ts';
import {
  codesOnly,
  cutAt,
  mobileFirst,
  redeemed,
  type Scanned,
  scanChunks,
  scanFile,
} from './support/scan-file.ts';

// What tends to go wrong: quotes in every place, every line end, marks, and characters of two to four bytes.
const pieces = fc.constantFrom(
  ...[
    '"',
    '""',
    ',',
    '\n',
    '\r',
    '\r\n',
    '\n\n',
    ' ',
    '\t',
    'A1',
    'a1',
    'B-2',
    'é',
    'É',
    '€',
    '😀',
    '\ufeff',
  ],
  ...[
    '987654321',
    '1603128622000',
    'x@y',
    '"a,b"',
    '"a\nb"',
    '"a""b"',
    'A1\n',
    'a1,987654321\n',
    'code,phone\n',
  ],
);
const text = fc.array(pieces, { maxLength: 40 }).map((all) => Buffer.from(all.join('')));
// Now and then with a byte that spoils it.
const bytes = fc
  .tuple(text, fc.option(fc.tuple(fc.nat(80), fc.constantFrom(0, 0x80, 0xc3, 0xff, 0x1f, 0x8b)), { freq: 4 }))
  .map(([file, spoiled]) => {
    if (spoiled === null) return file;
    const [offset, byte] = spoiled;
    return Buffer.concat([file.subarray(0, offset), Buffer.from([byte]), file.subarray(offset)]);
  });
const emailSecond = scanPlan({
  kind: 'COUPON_BATCH',
  customerIdentifier: 'EMAIL',
  customerIdentifierColumn: 1,
});
const plans = fc.constantFrom(codesOnly, mobileFirst, emailSecond, redeemed);

/** Rows as they are sent, with what is just right, just wrong, and odd in form. */
const likelyCell = fc.oneof(
  {
    arbitrary: fc.constantFrom(
      '987654321',
      '+91 98765-43210',
      '1603128622000',
      '23599838',
      'A1',
      'a1',
      'jane@example.com',
    ),
    weight: 6,
  },
  fc.constantFrom(
    ...[
      '',
      ' ',
      '""',
      ' 1234 ',
      '"1234"',
      '" 1234 "',
      '\t1234\t',
      '123',
      '12345678901234567890123',
      '+',
      '+1',
      '1+1',
    ],
    ...[
      '@x',
      'x@',
      'x@@y',
      'x y@z',
      'ü@x',
      '"x@y"',
      'É1',
      'é1',
      '#',
      "'1",
      'a"b',
      '"a""b"',
      '"a"b',
      '"a\nb"',
      '"a,b"',
    ],
    ...[
      '"\n"',
      '"\r\n"',
      '"a\r\nb\r\r\n\nc"',
      `"${'x'.repeat(62)}\r\n${'y,'.repeat(40)}\r\r\n"`,
      '"a""\r\n""b"',
    ],
    ...[
      'A1É',
      'a1é',
      '÷×Þþ',
      'ÇA-ÑANDÚ-ÀÉÎÕÜ-123',
      'çA-ñandÚ-àéîõü-123',
      'ΟΔΟΣ',
      'οδος',
      'İ',
      'i̇',
      'ÄЖ',
      'äж',
      '券',
    ],
    ...[
      'x'.repeat(63),
      'x'.repeat(64),
      `${'#'.repeat(130)}é`,
      `"${'x,'.repeat(40)}"`,
      `"${'""'.repeat(40)}"`,
    ],
    ...[
      `x@${'y'.repeat(70)}`,
      `${' '.repeat(70)}1`,
      `"${' '.repeat(70)}"`,
      `1${' '.repeat(70)}`,
      '1'.repeat(70),
    ],
  ),
  fc.integer({ min: 0, max: 99 }).map((n) => `CODE-${n}-${'z'.repeat(n % 40)}`),
);
const likelyRows = fc
  .tuple(
    fc.constantFrom('\n', '\r\n', '\r'),
    fc.array(fc.array(likelyCell, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 40 }),
    fc.constantFrom('a', 'a,b', 'a,b,c,d,e'),
  )
  .map(([lineEnd, rows, header]) =>
    Buffer.from([header, ...rows.map((cells) => cells.join(','))].join(lineEnd)),
  );

/** A well-formed file and the rows that it stands for. */
const cell = fc.array(fc.constantFrom('a', 'B', '1', '"', ',', '\n', '\r\n', ' ', 'é', '😀'), {
  maxLength: 6,
});
const table = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), fc.boolean())
  .chain(([width, lineEnd, mark, lastEnd]) =>
    fc
      .array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: width, maxLength: width }), {
        minLength: 1,
        maxLength: 8,
      })
      .map((rows) => {
        const written = rows.map((row) =>
          row.map(([parts, quoted]) => writeCell(parts.join(''), quoted)).join(','),
        );
        return `${mark ? '\ufeff' : ''}${written.join(lineEnd)}${lastEnd ? lineEnd : ''}`;
      }),
  );

function writeCell(value: string, quoted: boolean): string {
  return quoted || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function readRows(chunks: readonly Buffer[]): string[][] {
  const rows: string[][] = [];
  const reader = createRowReader((row) => {
    rows.push(Array.from({ length: row.columns }, (_, column) => row.cell(column) ?? ''));
  });
  reader.want(Array.from({ length: 64 }, (_, column) => column));
  for (const chunk of chunks) {
    for (let i = 0; i < chunk.length; ) {
      if (reader.betweenRows) i = reader.skipToRow(chunk, i, chunk.length);
      i = reader.read(chunk, i, chunk.length);
    }
  }
  reader.end();
  return rows;
}

describe('rows and cells', () => {
  it('are those that csv-parse reads, in one chunk and byte by byte', () => {
    fc.assert(
      fc.property(table, (file) => {
        const expected = parse(file, {
          bom: true,
          skip_empty_lines: true,
          record_delimiter: ['\r\n', '\n', '\r'],
        });
        const buffer = Buffer.from(file);
        expect(readRows([buffer])).toEqual(expected);
        expect(readRows(cutAt(buffer, [...buffer.keys()]))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[name: string, file: string, rows: string[][]]>([
    [
      'LF',
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'CRLF',
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a lone CR',
      'a,b\r1,2\r',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['all three', 'a\n1\r\n2\r3', [['a'], ['1'], ['2'], ['3']]],
    ['CR CR LF', 'a\r\r\n1\r\r\n', [['a'], ['1']]],
    ['no last line end', 'a\n1', [['a'], ['1']]],
    ['a byte order mark before a quote', '\ufeff"a,b"\n1', [['a,b'], ['1']]],
    ['empty lines', '\na\n\n\n1\n\n', [['a'], ['1']]],
    ['a line of blanks', 'a\n \n', [['a'], [' ']]],
    ['a trailing comma', 'a,\n', [['a', '']]],
    ['commas, quotes and line ends in quotes', '"a,""b""\r\nc",d\n', [['a,"b"\r\nc', 'd']]],
    ['a quoted cell at the end', 'a,"b"', [['a', 'b']]],
    ['a quote within a cell', 'a"b,5" pipe\n1', [['a"b', '5" pipe'], ['1']]],
    ['a quote after a blank', 'a, "b"\n1', [['a', ' "b"'], ['1']]],
    [
      'text after the closing quote',
      '"a"b,"c" \n"d"e"f",',
      [
        ['ab', 'c '],
        ['de"f"', ''],
      ],
    ],
    ['semicolons and tabs', 'a;b\tc\n1', [['a;b\tc'], ['1']]],
  ])('are read with %s', (_name, file, rows) => {
    expect(readRows([Buffer.from(file)])).toEqual(rows);
  });
});

describe('a file cut into chunks', () => {
  it('gives the same report and the same parts wherever it is cut', () => {
    fc.assert(
      fc.property(
        bytes,
        plans,
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(200), { maxLength: 8 }),
        fc.option(fc.nat(120), { nil: undefined }),
        (file, plan, rowsPerPart, offsets, maxFileBytes) => {
          const options = { plan, rowsPerPart, maxFileBytes, maxExactRows: 5 };
          for (const cuts of [offsets, [...file.keys()]]) {
            expectSame(scanChunks(cutAt(file, cuts), options), scanChunks([file], options));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  // Whole rows go to the row kernel. Cut into single bytes no row is whole, and all go to the row reader.
  it('gives the same report whether rows come whole or byte by byte', () => {
    fc.assert(
      fc.property(likelyRows, plans, fc.integer({ min: 1, max: 30 }), (file, plan, rowsPerPart) => {
        // Once the list is full the kernel counts on by itself.
        const options = { plan, rowsPerPart, maxExactRows: 20, maxProblems: 5 };
        expectSame(scanChunks(cutAt(file, [...file.keys()]), options), scanChunks([file], options));
      }),
      { numRuns: 1500 },
    );
  });

  it('gives the same report of codes in any letters, wherever these stand in a code', () => {
    const letters = Array.from({ length: 0x590 - 0x80 }, (_, at) => String.fromCodePoint(0x80 + at));
    const codes = letters.flatMap((letter, at) => {
      const lead = 'abcdefgh'.slice(at % 9);
      return [`${lead}${letter}`, `${lead}${letter.toLowerCase()}`, `${lead}${letter.toUpperCase()}1`];
    });
    const file = Buffer.from(['code', ...codes].join('\n'));
    const options = { plan: codesOnly, maxProblems: 10_000 };
    const whole = scanChunks([file], options);
    expectSame(scanChunks(cutAt(file, [...file.keys()]), options), whole);
    const lowered = codes.map((code) => trimCell(code.toLowerCase()));
    const repeated = lowered.filter((code) => lowered.indexOf(code) !== lowered.lastIndexOf(code));
    expect(whole.report.problemCount).toBe(repeated.length);
  });

  it('gives the same report in one chunk that is larger than the kernel takes', () => {
    fc.assert(
      fc.property(likelyRows, plans, fc.integer({ min: 900, max: 9000 }), (file, plan, size) => {
        const again = Buffer.concat([Buffer.from('\n'), file]);
        const times = Math.ceil(150_000 / again.length);
        const long = Buffer.concat([file, ...Array.from({ length: times }, () => again)]);
        const cuts = Array.from({ length: Math.floor(long.length / size) }, (_, at) => at * size);
        const options = { plan, rowsPerPart: 1000, maxExactRows: 5000 };
        expectSame(scanChunks(cutAt(long, cuts), options), scanChunks([long], options));
      }),
      { numRuns: 30 },
    );
  });

  function expectSame(chunked: Scanned, whole: Scanned): void {
    expect(chunked.report).toEqual(whole.report);
    // A refused file has no parts, and how much of it was read does depend on the chunks.
    if (whole.report.wholeFileProblem !== undefined) return;
    expect(chunked.scan.headerBytes).toEqual(whole.scan.headerBytes);
    expect(chunked.parts.map(String)).toEqual(whole.parts.map(String));
  }
});

describe('the parts of a file', () => {
  const sound = table.filter((file) => scanFile(file).report.wholeFileProblem === undefined);

  it('make the file again, byte for byte, and each holds as many rows as asked for', () => {
    fc.assert(
      fc.property(sound, fc.integer({ min: 1, max: 4 }), (file, rowsPerPart) => {
        const { scan, report, parts } = scanFile(file, codesOnly, { rowsPerPart });
        expect(Buffer.concat(parts)).toEqual(Buffer.from(file));
        expect(parts.length).toBe(Math.ceil(report.rows / rowsPerPart));
        const asFiles = parts.map((part, at) => (at === 0 ? part : Buffer.concat([scan.headerBytes, part])));
        const reports = asFiles.map((part) => scanFile(part).report);
        expect(reports.map(({ wholeFileProblem }) => wholeFileProblem)).toEqual(parts.map(() => undefined));
        expect(reports.slice(0, -1).every(({ rows }) => rows === rowsPerPart)).toBe(true);
        expect(reports.reduce((sum, { rows }) => sum + rows, 0)).toBe(report.rows);
      }),
      { numRuns: 1000 },
    );
  });

  it('are never cut within quotes', () => {
    const { parts } = scanFile('code\n"A\n1"\n"A\n2"\nA3', codesOnly, { rowsPerPart: 1 });
    expect(parts.map(String)).toEqual(['code\n"A\n1"\n', '"A\n2"\n', 'A3']);
  });

  it('are one when the rows just fill it, whatever line ends follow', () => {
    expect(scanFile('code\nA1\nA2\n\n\r\n', codesOnly, { rowsPerPart: 2 }).parts).toHaveLength(1);
  });

  it('leave a cut CRLF together', () => {
    const file = Buffer.from('code\r\nA1\r\nA2\r\n');
    const { parts } = scanChunks(cutAt(file, [file.indexOf('\nA2')]), { plan: codesOnly, rowsPerPart: 1 });
    expect(parts.map(String)).toEqual(['code\r\nA1\r\n', 'A2\r\n']);
  });

  it('begin with the header, which is known before the first cut', () => {
    const scan = createCsvScan({ plan: codesOnly, rowsPerPart: 1 });
    scan.write(Buffer.from('\ufeffcode\r\nA1\r'));
    scan.write(Buffer.from('\nA2'));
    expect(scan.cuts).toEqual([1]);
    expect(String(scan.headerBytes)).toBe('\ufeffcode\r\n');
  });
});
