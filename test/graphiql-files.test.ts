import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { guessColumns } from '../src/graphiql/columns/guess-columns.ts';
import { freshCodes } from '../src/graphiql/examples/fresh-codes.ts';
import { bindFile, freePath } from '../src/graphiql/files/bind-file.ts';
import type { ChosenFile } from '../src/graphiql/files/chosen-file.ts';
import { csvPreview } from '../src/graphiql/files/csv-preview.ts';
import { filesOfOperation } from '../src/graphiql/files/files-of-operation.ts';
import { formatBytes } from '../src/graphiql/files/format-bytes.ts';
import { readPreview } from '../src/graphiql/files/read-preview.ts';

describe('The preview of a file', () => {
  test.each([
    { name: 'an empty file', text: '', problem: 'The file is empty.' },
    { name: 'a spreadsheet', text: 'PK\u0003\u0004...', problem: 'This is a spreadsheet or an archive.' },
    { name: 'another encoding', text: 'caf\ufffd\n1\n', problem: 'This is not text in UTF-8.' },
    { name: 'UTF-16', text: 'a\u0000b\u0000', problem: 'This is not text in UTF-8.' },
    { name: 'a header alone', text: 'a,b\n', problem: 'There is a header, and no row after it.' },
    { name: 'semicolons', text: 'a;b\n1;2\n', problem: 'There is one column only.' },
  ])('says what is odd about $name', ({ text, problem }) => {
    expect(csvPreview(text, false).problem).toContain(problem);
  });

  test('of a file that goes on leaves out the line that it cuts, and a header that it cuts', () => {
    expect(csvPreview('a,b\n1,2\n3,', true).rows).toEqual([['1', '2']]);
    expect(csvPreview('a,b', true)).toMatchObject({
      header: [],
      problem: expect.stringContaining('does not end'),
    });
  });

  test('shows the trimmed header and the first rows, quotes and line ends within them read', () => {
    const text = '\ufeff mobile ,"coupon, code"\r\n1,"A\r\nB"\r\n\r\n2,C\r\n3,D\r\n4,E\r\n5,F\r\n6,G\r\n';
    expect(csvPreview(text, false)).toEqual({
      header: ['mobile', 'coupon, code'],
      rows: [
        ['1', 'A\r\nB'],
        ['2', 'C'],
        ['3', 'D'],
        ['4', 'E'],
        ['5', 'F'],
      ],
    });
  });

  test('reads the start of a large file alone, and takes a character that it cuts for no fault', async () => {
    const rows = 'ä,1\n'.repeat(100_000);
    const preview = await readPreview(new Blob([`n,m\nx${rows}`]));
    expect(preview).toMatchObject({ header: ['n', 'm'], rows: { length: 5 } });
    expect(preview.problem).toBeUndefined();
  });
});

describe('Columns guessed by their names', () => {
  test.each([
    {
      name: 'a redeemed file in the order of the documentation',
      mutation: 'uploadRedeemedCoupons' as const,
      header: 'redeemed date in millis,redeemed at,user id,coupon id,bill id,bill number,details',
      parts: {
        'columns.redeemedDateInMillis': 0,
        'columns.redeemedAt': 1,
        'columns.customerIdentifier': 2,
        customerIdentifier: 'USER_ID',
        'columns.couponIdentifier': 3,
        couponIdentifier: 'COUPON_ID',
        'columns.billId': 4,
        'columns.billNumber': 5,
        'columns.details': 6,
      },
    },
    {
      name: 'a redeemed file in another order and spelling, with a mobile number and a code',
      mutation: 'uploadRedeemedCoupons' as const,
      header: 'Coupon_Code,MOBILE-NUMBER,Till,Redeemed On',
      parts: {
        'columns.redeemedDateInMillis': 3,
        'columns.redeemedAt': 2,
        'columns.customerIdentifier': 1,
        customerIdentifier: 'MOBILE',
        'columns.couponIdentifier': 0,
        couponIdentifier: 'COUPON_CODE',
        'columns.billId': undefined,
        'columns.billNumber': undefined,
        'columns.details': undefined,
      },
    },
    {
      name: 'nothing that is required out of names that say nothing',
      mutation: 'uploadRedeemedCoupons' as const,
      header: 'a,b,c,d',
      parts: { 'columns.billId': undefined, 'columns.billNumber': undefined, 'columns.details': undefined },
    },
    {
      name: 'the user before the mobile number, as upstream does',
      mutation: 'uploadCouponBatch' as const,
      header: 'mobile,code,user id',
      parts: { customerIdentifier: 'USER_ID', customerIdentifierColumn: 2 },
    },
    {
      name: 'nothing about customers out of a header that names none: it may be in another language',
      mutation: 'uploadCouponBatch' as const,
      header: 'Handynummer,coupon code',
      parts: {},
    },
    {
      name: 'nothing out of a header with another separator',
      mutation: 'uploadCouponBatch' as const,
      header: 'mobile;coupon code',
      parts: {},
    },
    {
      name: 'codes alone, which are for nobody',
      mutation: 'uploadCouponBatch' as const,
      header: 'coupon code',
      parts: { customerIdentifier: 'NOT_TAGGED', customerIdentifierColumn: undefined },
    },
  ])('$name', ({ mutation, header, parts }) => {
    expect(guessColumns(header.split(','), mutation)).toStrictEqual(parts);
  });
});

describe('Files bound to places', () => {
  const chosen = (id: string, path: string | null, tab = 't'): ChosenFile => ({
    id,
    path,
    tab,
    file: new File([], id),
  });
  const one = { path: 'file', isList: false, isRequired: true };
  const many = { path: 'files', isList: true, isRequired: false };

  test('a place for one file lets go of the one that it had, in its own tab', () => {
    const files = [chosen('a', 'file'), chosen('b', null), chosen('c', 'file', 'other')];
    expect(bindFile(files, 'b', 'file', [one]).map(({ path }) => path)).toEqual([null, 'file', 'file']);
  });

  test('a list takes any number', () => {
    const files = [chosen('a', 'files'), chosen('b', null)];
    expect(bindFile(files, 'b', 'files', [many]).map(({ path }) => path)).toEqual(['files', 'files']);
  });

  test.each([
    { name: 'none where all are taken', files: [chosen('a', 'file')], slots: [one], path: null },
    { name: 'none where there is none', files: [], slots: [], path: null },
    {
      name: 'the first empty one',
      files: [chosen('a', 'file')],
      slots: [one, { ...one, path: 'b' }],
      path: 'b',
    },
    {
      name: 'a list when the others are taken',
      files: [chosen('a', 'file')],
      slots: [one, many],
      path: 'files',
    },
  ])('the next file gets $name', ({ files, slots, path }) => {
    expect(freePath(files, slots)).toBe(path);
  });

  test('what is sent is bound to a place of the operation, in the order of its places', () => {
    const files = [
      chosen('x', 'gone'),
      chosen('b', 'files'),
      chosen('n', null),
      chosen('a', 'file'),
      chosen('c', 'files'),
      chosen('other', 'file', 'of another tab'),
    ];
    expect(filesOfOperation(files, 't', [one, many]).map(({ id, path }) => `${id}=${path}`)).toEqual([
      'a=file',
      'b=files.0',
      'c=files.1',
    ]);
  });
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [250 * 1024 ** 2, '250 MiB'],
  [5 * 1024 ** 3, '5.0 GiB'],
])('%i bytes read as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

describe('A sample file', () => {
  const sample = (name: string) =>
    readFileSync(new URL(`../examples/files/${name}`, import.meta.url), 'utf8');
  const codesOf = (text: string) => text.match(/\b[A-Z]{4,}-[\w-]+/g) ?? [];

  test.each(['coupons-by-mobile.csv', 'coupons-untagged.csv'])(
    '%s has other codes each time, so that no upload finds them used',
    (name) => {
      const [first, second] = [codesOf(freshCodes(sample(name))), codesOf(freshCodes(sample(name)))];
      expect(new Set([...codesOf(sample(name)), ...first, ...second]).size).toBe(15);
    },
  );

  test('keeps its duplicate codes, and all that is no code', () => {
    const fresh = freshCodes(sample('coupons-faulty.csv'));
    expect(codesOf(fresh)).toHaveLength(4);
    expect(new Set(codesOf(fresh)).size).toBe(3);
    expect(fresh.replaceAll(/-\w{3,5}-/g, '-')).toBe(sample('coupons-faulty.csv'));
    expect(freshCodes(sample('redeemed.csv'))).toBe(sample('redeemed.csv'));
  });
});
