import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { boundary, csv, encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection } from './support/raw-connection.ts';
import { postHead, readGraphQL } from './support/raw-graphql.ts';
import { sha256Of } from './support/sha256-of.ts';
import { useForms } from './support/use-forms.ts';

const { gateway, send, uploads } = useForms();

const good = [operationsPart(), mapPart(), filePart()];

describe('The envelope', () => {
  const lookAlikes = [
    'mobile,coupon',
    `919999999999,--${boundary.slice(0, -1)}`,
    `--${boundary.slice(0, -1)},CODE`,
    `--${boundary.slice(0, -1)}--,CODE`,
    `-${boundary}--,CODE`,
    ` --${boundary}--,CODE`,
    `--${boundary.toUpperCase()}--,CODE`,
    '\r\r\n\r\r\n--,CODE',
  ].join('\r\n');

  test.each([
    { name: 'look-alikes of the boundary', file: lookAlikes },
    {
      name: 'the boundary after a bare line feed',
      file: `mobile,coupon\n919999999999,A\n--${boundary}--\n919,B\n`,
    },
    { name: 'the start of the boundary at its very end', file: `${csv}\r\n--${boundary.slice(0, -1)}` },
    { name: 'no line break at its end', file: csv.trimEnd() },
    { name: 'a hundred line breaks at its end', file: csv + '\r\n'.repeat(100) },
    { name: 'carriage returns and dashes at its end', file: `${csv}\r\n\r--\r\n-` },
    { name: 'all byte values', file: Buffer.concat([Buffer.from(csv), Buffer.from([...Array(256).keys()])]) },
    { name: '1 MiB without a line break', file: `${csv}919999999999,${'x'.repeat(1024 * 1024)}` },
    { name: 'a byte order mark', file: `\ufeff${csv}` },
  ])('carries a file unchanged: $name', async ({ file }) => {
    const answer = await send([operationsPart(), mapPart(), filePart(file)]);
    expect(answer.status).toBe(200);
    // Whether such a file is taken is the scanner's to say; what upstream was given whole is what the client sent.
    expect(answer.whole.map(({ fileSha256 }) => fileSha256)).toEqual(
      answer.data.uploadCouponBatch.__typename === 'UploadAccepted' ? [sha256Of(file)] : [],
    );
  });

  test('carries an empty file to an answer', async () => {
    const answer = await send([operationsPart(), mapPart(), filePart('')]);
    expect(answer).toMatchObject({ status: 200, errors: undefined });
    expect(answer.data.uploadCouponBatch.__typename).toMatch(/^(UploadAccepted|InvalidFileError)$/);
  });

  test.each([
    { name: 'capitals in the media type', contentType: `Multipart/Form-Data; boundary=${boundary}` },
    { name: 'capitals in the parameter', contentType: `multipart/form-data; BOUNDARY=${boundary}` },
    { name: 'a quoted boundary', contentType: `multipart/form-data; boundary="${boundary}"` },
    { name: 'no space', contentType: `multipart/form-data;boundary=${boundary}` },
    { name: 'spaces around the semicolon', contentType: `multipart/form-data  ;  boundary=${boundary}` },
    { name: 'a charset before', contentType: `multipart/form-data; charset=utf-8; boundary=${boundary}` },
    { name: 'a charset behind', contentType: `multipart/form-data; boundary=${boundary}; charset=utf-8` },
    {
      name: 'a boundary that belongs in quotes, as Java code that builds its forms by hand writes it',
      contentType: 'multipart/form-data; boundary====1763851234567===',
      used: '===1763851234567===',
    },
    {
      name: 'all other marks of a boundary without quotes, and a charset behind',
      contentType: "multipart/form-data; boundary='()+_,-./:=?0 ; charset=utf-8",
      used: "'()+_,-./:=?0",
    },
  ])('is read by any spelling of its content type: $name', async ({ contentType, used = boundary }) => {
    const form = encodeForm(good).toString().replaceAll(boundary, used);
    const answer = await send(Buffer.from(form), { 'content-type': contentType });
    expect(answer.data?.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted' });
    expect(answer.uploads).toMatchObject([{ complete: true, fileSha256: sha256Of(csv) }]);
  });

  const noBoundary = 'The Content-Type names no boundary';
  test.each([
    { name: 'no boundary', contentType: 'multipart/form-data', says: noBoundary },
    { name: 'no boundary behind a semicolon', contentType: 'multipart/form-data;', says: noBoundary },
    { name: 'an empty boundary', contentType: 'multipart/form-data; boundary=', says: noBoundary },
    {
      name: 'an empty boundary in quotes',
      contentType: 'multipart/form-data; boundary=""',
      says: noBoundary,
    },
    { name: 'an unquoted boundary with spaces', contentType: 'multipart/form-data; boundary=a b c' },
    { name: 'another boundary', contentType: 'multipart/form-data; boundary=other', code: 'TRUNCATED' },
  ])('is refused with $name', async ({ contentType, code = 'BAD_REQUEST', says = undefined }) => {
    const answer = await send(good, { 'content-type': contentType });
    expect(answer).toMatchObject({ status: 400, code, uploads: [] });
    if (says) expect(answer.message).toContain(says);
  });

  test.each([
    { name: 'a preamble', wrap: (form: string) => `This is a multipart form.\r\n${form}` },
    { name: 'a line break before', wrap: (form: string) => `\r\n${form}` },
    { name: 'an epilogue', wrap: (form: string) => `${form}The end.\r\n--${boundary}\r\nnot a part\r\n` },
    {
      name: 'blanks behind its boundaries',
      wrap: (form: string) => form.replaceAll(`${boundary}\r\n`, `${boundary} \t\r\n`),
    },
    {
      name: 'many blanks behind one',
      wrap: (form: string) => form.replace(boundary, boundary + ' '.repeat(70_000)),
    },
    { name: 'blanks behind the last boundary', wrap: (form: string) => form.replace(/--\r\n$/, '-- \t\r\n') },
    { name: 'blanks behind the last boundary alone', wrap: (form: string) => `${form.trimEnd()}\t ` },
    { name: 'an epilogue of parts', wrap: (form: string) => form + encodeForm(good).toString() },
    { name: 'an empty part', wrap: (form: string) => `--${boundary}\r\n${form}` },
    { name: 'no line break at the end', wrap: (form: string) => form.trimEnd() },
    {
      name: 'headers that nobody asked for',
      wrap: (form: string) => form.replaceAll('Content-D', 'X-A: b\r\nContent-D'),
    },
    { name: 'header names in capitals', wrap: (form: string) => form.replaceAll('Content-', 'CONTENT-') },
    { name: 'unquoted names', wrap: (form: string) => form.replaceAll(/name="(\w+)"/g, 'name=$1') },
  ])('may have $name', async ({ wrap }) => {
    const answer = await send(Buffer.from(wrap(encodeForm(good).toString())));
    expect(answer.data?.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted' });
    expect(answer.uploads).toMatchObject([{ complete: true, fileSha256: sha256Of(csv) }]);
  });

  test.each([
    { name: 'in the file', wrap: (form: string) => form.replace('CODE2', `\r\n--${boundary}2`) },
    { name: 'behind blanks', wrap: (form: string) => form.replace('CODE2', `\r\n--${boundary} 2`) },
    { name: 'behind a dash', wrap: (form: string) => form.replace('CODE2', `\r\n--${boundary}-2`) },
    {
      name: 'behind a carriage return',
      wrap: (form: string) => form.replace('CODE2', `\r\n--${boundary}\r2`),
    },
    {
      name: 'by another boundary',
      wrap: (form: string) => form.replace('CODE2', `\r\n--${boundary}-\r\n--${boundary}`),
    },
    { name: 'before the file', wrap: (form: string) => form.replace(boundary, `${boundary}0`) },
    { name: 'with the dashes of the last one', wrap: (form: string) => form.replace(/--\r\n$/, ' --\r\n') },
  ])('may have no line that begins with the boundary and goes on: $name', async ({ wrap }) => {
    const answer = await send(Buffer.from(wrap(encodeForm(good).toString())));
    expect(answer).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
      message: expect.stringContaining('Behind a boundary belongs its line end'),
    });
    expect(answer.whole).toEqual([]);
  });

  test('may not have blanks without end behind a boundary', async () => {
    const form = encodeForm(good)
      .toString()
      .replace(boundary, boundary + ' '.repeat(100_001));
    const answer = await send(Buffer.from(form));
    expect(answer).toMatchObject({ status: 400, code: 'BAD_REQUEST', uploads: [] });
    expect(answer.message).toBe('More than 100000 blanks stand behind a boundary.');
  });

  test('means the same, cut at every byte', async () => {
    const query = `mutation ($file: Upload!, $input: UploadCouponBatchInput!) {
      uploadCouponBatch(file: $file, input: $input) { ... on UploadAccepted { file { name bytes sha256 } } }
    }`;
    const form = encodeForm([operationsPart(undefined, query), mapPart(), filePart()]);
    const head = Buffer.from(postHead({ 'content-length': form.length }));
    const before = uploads().length;
    const results = new Set<string>();
    for (let cut = 0; cut < form.length; cut++) {
      using connection = await openConnection(gateway.url);
      await connection.write(Buffer.concat([head, form.subarray(0, cut)]));
      await turn();
      await connection.write(form.subarray(cut));
      const { status, data } = readGraphQL(await connection.answer());
      results.add(JSON.stringify([status, data?.uploadCouponBatch.file]));
    }
    const file = { name: 'coupons.csv', bytes: csv.length, sha256: sha256Of(csv) };
    expect([...results]).toEqual([JSON.stringify([200, file])]);
    const seen = uploads()
      .slice(before)
      .map(({ complete, fileSha256 }) => `${complete} ${fileSha256}`);
    expect(seen).toHaveLength(form.length);
    expect(new Set(seen)).toEqual(new Set([`true ${sha256Of(csv)}`]));
  });

  test('means the same in chunks of one byte', async () => {
    const form = encodeForm(good);
    const chunks = [...form].map((byte) =>
      Buffer.concat([Buffer.from('1\r\n'), Buffer.from([byte]), Buffer.from('\r\n')]),
    );
    using connection = await openConnection(gateway.url);
    await connection.write(postHead({ 'transfer-encoding': 'chunked' }));
    for (const chunk of chunks) {
      await connection.write(chunk);
      await turn();
    }
    await connection.write('0\r\n\r\n');
    const { data } = readGraphQL(await connection.answer());
    expect(data.uploadCouponBatch).toMatchObject({
      __typename: 'UploadAccepted',
      file: { sha256: sha256Of(csv) },
    });
    expect(uploads().at(-1)).toMatchObject({ complete: true, fileSha256: sha256Of(csv) });
  });

  test('leaves the connection open for the next request', async () => {
    const form = encodeForm(good);
    const request = Buffer.concat([Buffer.from(postHead({ 'content-length': form.length })), form]);
    using connection = await openConnection(gateway.url);
    for (let turn = 0; turn < 3; turn++) {
      await connection.write(request);
      const answer = await connection.answer();
      expect(answer.headers['connection']).not.toBe('close');
      expect(readGraphQL(answer).data.uploadCouponBatch.__typename).toBe('UploadAccepted');
    }
  });

  test('may be announced with Expect: 100-continue', async () => {
    const form = encodeForm(good);
    using connection = await openConnection(gateway.url);
    await connection.write(postHead({ 'content-length': form.length, expect: '100-continue' }));
    expect((await connection.answer()).status).toBe(100);
    await connection.write(form);
    expect(readGraphQL(await connection.answer()).data.uploadCouponBatch.__typename).toBe('UploadAccepted');
  });
});
