import { describe, expect, test } from 'vitest';
import { createCsvScanner } from '../src/sandbox/rows/csv-scanner.ts';

type Rows = readonly (readonly string[] | 'broken')[];

function rowsOf(chunks: readonly Buffer[], maxRowBytes?: number): Rows {
  const rows: (string[] | 'broken')[] = [];
  const scanner = createCsvScanner({
    keepCells: 4,
    ...(maxRowBytes === undefined ? {} : { maxRowBytes }),
    onRow: (row) => {
      const kept = Array.from({ length: Math.min(row.cells, 4) }, (_, i) =>
        row.bytes.toString('utf8', row.starts[i], row.ends[i]),
      );
      rows.push(row.broken ? 'broken' : kept);
    },
  });
  for (const chunk of chunks) scanner.push(chunk);
  scanner.end();
  return rows;
}

const cases: readonly (readonly [name: string, text: string, rows: Rows])[] = [
  ['a quote that never closes makes one broken row', 'a,b\n"c,d\ne,f\n', [['a', 'b'], 'broken']],
  ['a quote inside an unquoted cell is text', 'a"b,c""d\n', [['a"b', 'c""d']]],
  ['text after a closing quote is kept', '"a"b,"c" \n', [['ab', 'c']]],
  ['an empty file has no rows', '', []],
  ['only line ends are no rows', '\r\n\n\r', []],
  ['a byte order mark alone is no row', '\ufeff', []],
  [
    'LF, CRLF and CR end rows',
    'a,b\nc,d\r\ne,f\rg,h',
    [
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
      ['g', 'h'],
    ],
  ],
  ['a byte order mark is no text, also before a quote', '\ufeff"a,1",b\n', [['a,1', 'b']]],
  ['cells are trimmed, quoted ones too', '  a\t, " b " ,"  c  "\n', [['a', '" b "', 'c']]],
  ['quoted cells hold commas, quotes and line ends', '"a,b","c""d","e\r\nf"\r\n', [['a,b', 'c"d', 'e\r\nf']]],
  ['escaped quotes before further cells', '"""",x,"""""",y\nz\n', [['"', 'x', '""', 'y'], ['z']]],
  ['empty cells count, the last one too', ',a,\n,\n""\n', [['', 'a', ''], ['', ''], ['']]],
  ['a line of blanks is a row with one empty cell', 'a\n  \nb', [['a'], [''], ['b']]],
  ['blank lines between rows are skipped', 'a\n\n\r\nb\n\n', [['a'], ['b']]],
  ['cells past the kept ones are passed over', 'a,b,c,d,"e,\n",f\ng\n', [['a', 'b', 'c', 'd'], ['g']]],
  [
    'characters of several bytes',
    'ä,"€😀"\r\nÖ,ß',
    [
      ['ä', '€😀'],
      ['Ö', 'ß'],
    ],
  ],
  ['the last row needs no line end', 'a,"b"', [['a', 'b']]],
  ['a comma at the very end opens a last cell', 'a,', [['a', '']]],
];

describe('the CSV scanner of the sandbox', () => {
  test.each(cases)('%s', (_name, text, rows) => {
    const bytes = Buffer.from(text);
    expect(rowsOf([bytes])).toEqual(rows);
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(rowsOf([bytes.subarray(0, cut), bytes.subarray(cut)]), `cut at ${cut}`).toEqual(rows);
    }
    const single = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
    expect(rowsOf(single), 'byte by byte').toEqual(rows);
  });

  test('a row past the limit is broken, and the rows around it are whole', () => {
    const text = Buffer.from(`a,b\n${'x'.repeat(300)},"${'y,\n'.repeat(50)}",z\nc,d\n`);
    for (const size of [1, 7, 64, 99]) {
      const chunks = [];
      for (let i = 0; i < text.length; i += size) chunks.push(text.subarray(i, i + size));
      expect(rowsOf(chunks, 100), `in chunks of ${size}`).toEqual([['a', 'b'], 'broken', ['c', 'd']]);
    }
  });
});
