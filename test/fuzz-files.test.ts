import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assertClean } from './support/assert-clean.ts';
import { check, expectNoFault, fragment, within } from './support/fuzz.ts';
import { uploadCouponBatch } from './support/graphql-client.ts';
import { boundary, encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection } from './support/raw-connection.ts';
import { postForm, postHead, postJson, readGraphQL } from './support/raw-graphql.ts';
import { sha256Of } from './support/sha256-of.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => {
  await assertClean(gateway);
  expect(gateway.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  await gateway[Symbol.asyncDispose]();
});

const isAlive = async () =>
  expect((await within(10_000, postJson(gateway.url, '{ __typename }'))).status).toBe(200);

describe('A file name', () => {
  const letter = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
    fc.constantFrom(
      '../',
      '..\\',
      'C:\\',
      '/',
      '\0',
      '\x7f',
      '\u202e',
      '%22',
      '%0D%0A',
      '.csv',
      '.',
      ' ',
      '\ud800',
      '💥',
    ),
  );
  const name = fc.oneof(
    fc.array(letter, { maxLength: 30 }).map((letters) => letters.join('')),
    fc.integer({ min: 1, max: 15_000 }).map((length) => 'n'.repeat(length)),
  );

  test('of any kind goes up as a plain name, or is refused', async () => {
    const property = fc.asyncProperty(name, async (sent) => {
      const fileName = sent.replace(/[\r\n"\\]/g, (char) => encodeURIComponent(char));
      const answer = await within(
        10_000,
        postForm(gateway.url, [operationsPart(), mapPart(), filePart(undefined, '0', fileName)]),
      );
      const { data } = expectNoFault(answer) as {
        data?: { uploadCouponBatch?: { __typename: string; file: { name: string } } };
      };
      if (data?.uploadCouponBatch?.__typename !== 'UploadAccepted') return;
      expect(data.uploadCouponBatch.file.name).not.toMatch(/[/\\\p{Cc}]/u);
      expect(data.uploadCouponBatch.file.name).not.toBe('');
      const upstream = gateway.sandbox.requests.at(-1)?.fileName ?? '';
      expect(Buffer.byteLength(upstream)).toBeLessThan(255);
      expect(upstream).not.toMatch(/[/\\"\p{Cc}]/u);
    });
    await check(property.afterEach(isAlive));
  });
});

describe('A file', () => {
  const piece = fc.oneof(
    fragment,
    fc
      .constantFrom(
        'mobile,coupon\n',
        '919999999999,CODE1\r\n',
        '"9199,99","CO""DE"\n',
        '"open',
        ',,,,\n',
        '\n\n',
        'PK\x03\x04',
        '1603128622000,1,2,3\n',
      )
      .map((text) => Buffer.from(text)),
  );
  const file = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.concat(pieces));
  const input = fc.record({
    customerIdentifier: fc.constantFrom('MOBILE', 'EMAIL', 'EXTERNAL_ID', 'USER_ID'),
    customerIdentifierColumn: fc.nat(3),
    options: fc.record({
      rowProblems: fc.constantFrom('REPORT', 'REJECT'),
      maxRowsPerJob: fc.option(fc.integer({ min: 1, max: 5 })),
      dryRun: fc.boolean(),
    }),
  });
  const query = uploadCouponBatch
    .replace('bytes sha256', 'bytes sha256 rows')
    .replace(
      '... on UploadError',
      '... on UploadChecked { file { bytes rows problemCount } } ... on UploadError',
    );

  test('of any bytes is taken whole, or refused with its problems', async () => {
    const property = fc.asyncProperty(file, input, async (bytes, how) => {
      const parts = [
        operationsPart({ file: null, input: { couponSeriesId: '541854', ...how } }, query),
        mapPart(),
        filePart(bytes),
      ];
      const answer = await within(10_000, postForm(gateway.url, parts));
      expectNoFault(answer);
      const { data, errors } = readGraphQL(answer);
      expect(errors).toBeUndefined();
      const result = data.uploadCouponBatch;
      expect(result.__typename).toMatch(
        /^(UploadAccepted|UploadChecked|InvalidFileError|InvalidInputError)$/,
      );
      if ('file' in result) expect(result.file.bytes).toBe(bytes.length);
      if ('problems' in result) expect(result.problemCount).toBeGreaterThan(0);
      if (result.__typename !== 'UploadAccepted') return;
      // The sandbox reads rows by a scanner of its own.
      expect(sum(result.jobs.map(({ id }: { id: string }) => rowsOf(id)))).toBe(result.file.rows);
    });
    await check(property.afterEach(isAlive));
  });

  // As far as a search for the boundary must look, and a little further.
  const nearBoundary = fc
    .nat(boundary.length + 4)
    .map((length) => Buffer.from(`\r\n--${boundary}`.slice(0, length)));
  const sound = fc
    .array(
      fc.oneof(nearBoundary, fc.constantFrom('1,2\n', '\r\n', '--', 'x'.repeat(3_000)).map(Buffer.from)),
      {
        maxLength: 40,
      },
    )
    .map((pieces) => Buffer.concat([Buffer.from('mobile,coupon\n9,A\n'), ...pieces]))
    // A whole boundary would be one.
    .filter((bytes) => !bytes.includes(`\r\n--${boundary}`));

  test('is the same upstream however it is cut on its way', async () => {
    const property = fc.asyncProperty(
      sound,
      fc.array(fc.nat(20_000), { maxLength: 12 }),
      async (bytes, cuts) => {
        const form = encodeForm([operationsPart(), mapPart(), filePart(bytes)]);
        const request = Buffer.concat([Buffer.from(postHead({ 'content-length': form.length })), form]);
        const places = [0, ...cuts.map((cut) => cut % request.length).sort((a, b) => a - b), request.length];
        using connection = await openConnection(gateway.url);
        for (const [at, from] of places.slice(0, -1).entries()) {
          await connection.write(request.subarray(from, places[at + 1]));
          // The gateway is in this process: it reads what there is before more is written.
          await setImmediate();
        }
        const { data } = readGraphQL(await within(10_000, connection.answer()));
        const sha256 = sha256Of(bytes);
        expect(data.uploadCouponBatch).toMatchObject({ file: { bytes: bytes.length, sha256 } });
        expect(gateway.sandbox.requests.at(-1)).toMatchObject({ complete: true, fileSha256: sha256 });
      },
    );
    await check(property.afterEach(isAlive));
  });
});

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const rowsOf = (id: string) => gateway.sandbox.jobs.get(Number(id.split(':')[2])).rows;
