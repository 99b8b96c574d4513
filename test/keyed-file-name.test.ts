import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cleanFileName,
  fileKey,
  keyedFileName,
  readKeyedFileName,
  shownFileName,
} from '../src/jobs/keyed-file-name.ts';
import { storedName } from '../src/sandbox/jobs/job-names.ts';

const key = 'ab'.repeat(12);

/** What names are made of that could be mistaken for something else. */
const fragment = fc.oneof(
  fc.constantFrom(
    '.csv',
    '.CSV',
    '.',
    '_',
    ' ',
    '"',
    '%22',
    '%0A',
    '%0d',
    '%',
    '22',
    '0A',
    '/',
    '\\',
    '\n',
    '\0',
    '\ufffd',
  ),
  fc.constantFrom(`.k${key}`, `.x${key}`, 'r2.p0001', '_1717651325326_541854', 'ж', '🎁', '\u2028', '\ud83c'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const clientName = fc.array(fragment, { maxLength: 12 }).map((fragments) => fragments.join(''));
const shortName = clientName.map(cleanFileName).filter((name) => Buffer.byteLength(name) <= 160);
const partOrNone = fc.option(
  fc.record({
    number: fc.integer({ min: 1, max: 9_999 }),
    maxRows: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  }),
  { nil: undefined },
);
const idempotencyKey = fc.stringMatching(/^[A-Za-z0-9_-]{8,64}$/);

/** What upstream's list makes of a name (upstream contract, "Reading the fields"). */
const listedForms: readonly { name: string; listed: (sent: string) => string }[] = [
  { name: 'as coupons have it', listed: (sent) => sent },
  { name: 'as redeemed coupons have it', listed: (sent) => storedName(sent, 1_603_263_533_789, '253294') },
  { name: 'with its quotes as our own form writes them', listed: (sent) => sent.replaceAll('"', '%22') },
];

describe.each(listedForms)('A name $name', ({ listed }) => {
  test('is shown as the user gave it, whatever it is, and gives key and part back', () => {
    fc.assert(
      fc.property(shortName, idempotencyKey, partOrNone, (name, caller, part) => {
        const sent = keyedFileName({ name, key: fileKey(caller), part });
        expect(readKeyedFileName(listed(sent))).toEqual({ name, key: fileKey(caller), part });
        expect(shownFileName(listed(sent))).toBe(name);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is cut where it is too long, and still gives key and part back', () => {
    const longName = fc.tuple(shortName, fc.constantFrom('x', 'ж', '🎁', 'é')).map(([name, filler]) => {
      return cleanFileName(`${filler.repeat(161)}${name}`);
    });
    fc.assert(
      fc.property(longName, partOrNone, (name, part) => {
        const found = readKeyedFileName(listed(keyedFileName({ name, key, part })));
        expect(found).toMatchObject({ key, part });
        const base = found?.name.replace(/\.csv$/, '') ?? '';
        expect(name.startsWith(base)).toBe(true);
        expect(Buffer.byteLength(base)).toBeGreaterThan(160 - 4);
        expect(Buffer.byteLength(base)).toBeLessThanOrEqual(160);
      }),
    );
  });
});

test.each([
  { name: 'coupons.csv', sent: `coupons.k${key}.csv` },
  {
    name: 'coupons.csv',
    part: { number: 7, maxRows: 500_000 },
    sent: `coupons.k${key}r500000.p0007.csv`,
  },
  { name: 'COUPONS.CSV', sent: `COUPONS.CSV.x${key}.csv` },
  { name: 'coupons', part: { number: 12_345, maxRows: 1 }, sent: `coupons.x${key}r1.p12345.csv` },
  { name: '.csv', sent: `.k${key}.csv` },
])('$name, part $part.number, goes up as $sent', ({ name, part, sent }) => {
  expect(keyedFileName({ name, key, part })).toBe(sent);
  expect(readKeyedFileName(sent)).toEqual({ name, key, part });
});

test.each([
  { name: 'a plain name', listed: 'coupons.csv' },
  { name: 'a stored name', listed: 'couponCode_1603183613031_253234.csv' },
  { name: 'a key that is too short', listed: `coupons.k${key.slice(1)}.csv` },
  { name: 'a key without a mark', listed: `coupons.${key}.csv` },
  { name: 'a mark that is not the last', listed: `coupons.k${key}.old.csv` },
  { name: 'a part of three digits', listed: `coupons.k${key}.p001r5.csv` },
  { name: 'a part without its size', listed: `coupons.k${key}.p0001.csv` },
  { name: 'another extension', listed: `coupons.k${key}.txt` },
  { name: 'nothing', listed: '' },
])('$name did not come through the gateway, and is shown as it is', ({ listed }) => {
  expect(readKeyedFileName(listed)).toBeUndefined();
  expect(shownFileName(listed)).toBe(listed);
});

test('The longest name is one that any file system takes, whatever the redeemed list appends', () => {
  const part = { number: 9_999, maxRows: 2 ** 31 - 1 };
  const sent = keyedFileName({ name: 'n'.repeat(300), key, part });
  expect(storedName(sent, 1_603_263_533_789, '9'.repeat(19)).length).toBeLessThanOrEqual(255);
});

test('A key is the same for the same caller key, differs for others, and does not give the caller key away', () => {
  fc.assert(
    fc.property(idempotencyKey, idempotencyKey, (one, other) => {
      expect(fileKey(one)).toMatch(/^[0-9a-f]{24}$/);
      expect(fileKey(one)).toBe(fileKey(one));
      expect(fileKey(one) === fileKey(other)).toBe(one === other);
      expect(fileKey(one)).not.toContain(one);
    }),
  );
});

describe('A client name made fit', () => {
  test('has no folder, no control character and no quote in disguise, is never empty, and stays as it is', () => {
    fc.assert(
      fc.property(clientName, (name) => {
        const clean = cleanFileName(name);
        expect(clean).not.toMatch(/[\\/\p{Cc}]|%22|%0[AD]/iu);
        expect(clean.isWellFormed()).toBe(true);
        expect(clean.trim()).toBe(clean);
        expect(clean).not.toBe('');
        expect(cleanFileName(clean)).toBe(clean);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    { name: 'C:\\Users\\jane\\Spring sale.csv', clean: 'Spring sale.csv' },
    { name: '../../etc/passwd', clean: 'passwd' },
    { name: 'a\r\nX-Injected: 1.csv', clean: 'aX-Injected: 1.csv' },
    { name: 'say %22hi%22.csv', clean: 'say "hi".csv' },
    { name: 'line%0D%0Aend.csv', clean: 'lineend.csv' },
    { name: '%%0D22.csv', clean: '_22.csv' },
    { name: '%%\n22.csv', clean: '%_22.csv' },
    { name: ' \t ', clean: 'upload.csv' },
    { name: 'folder/', clean: 'upload.csv' },
    { name: '', clean: 'upload.csv' },
  ])('$name is $clean', ({ name, clean }) => {
    expect(cleanFileName(name)).toBe(clean);
  });
});
