import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { assertClean } from './support/assert-clean.ts';
import { mobileInput, upload, uploadCouponBatch } from './support/graphql-client.ts';
import {
  boundary,
  csv,
  encodeForm,
  type FormPart,
  filePart,
  mapPart,
  operationsPart,
} from './support/multipart-form.ts';
import { openConnection } from './support/raw-connection.ts';
import { postForm, postHead, postJson, readGraphQL } from './support/raw-graphql.ts';
import { sha256Of } from './support/sha256-of.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { wholeRequests } from './support/whole-requests.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());
afterEach(() => assertClean(gateway));

const good = [operationsPart(), mapPart(), filePart()];

/** With one more header; what the value would be in that encoding does not matter. */
function encodedPart(part: FormPart, encoding: string): FormPart {
  return { ...part, type: `text/csv\r\nContent-Transfer-Encoding: ${encoding}` };
}

/** Uploads that upstream has heard of, the last ones. */
function uploads(from = 0) {
  return gateway.sandbox.requests.slice(from).filter(({ call }) => call === 'uploadFile');
}

async function send(form: readonly FormPart[] | Buffer, headers = {}) {
  const before = gateway.sandbox.requests.length;
  const answer = await postForm(gateway.url, form, headers);
  const whole = await wholeRequests(gateway.sandbox, before);
  return { ...readGraphQL(answer), headers: answer.headers, uploads: uploads(before), whole };
}

describe('The parts', () => {
  const bad: {
    name: string;
    form: readonly FormPart[] | Buffer;
    code?: string;
    status?: number;
    says: RegExp;
  }[] = [
    { name: 'no part at all', form: Buffer.from(`--${boundary}--\r\n`), says: /"operations"/ },
    { name: 'only a file', form: [filePart()], says: /'map'/ },
    { name: 'map before operations', form: [mapPart(), operationsPart(), filePart()], says: /'operations'/ },
    { name: 'the file before map', form: [operationsPart(), filePart(), mapPart()], says: /'map'/ },
    { name: 'the file first', form: [filePart(), operationsPart(), mapPart()], says: /'map'/ },
    { name: 'no operations', form: [mapPart(), filePart()], says: /'operations'/ },
    { name: 'no map', form: [operationsPart()], says: /'map'/ },
    {
      name: 'operations as a file, as a Blob in FormData is sent',
      form: [{ ...operationsPart(), fileName: 'blob', type: 'application/json' }, mapPart(), filePart()],
      says: /"operations" part must be a text field/,
    },
    {
      name: 'operations in an unknown charset',
      form: [{ ...operationsPart(), type: 'application/json; charset=klingon' }, mapPart(), filePart()],
      says: /"operations" part is not valid JSON/,
    },
    {
      name: 'a map as a file',
      form: [operationsPart(), { ...mapPart(), fileName: 'blob', type: 'application/json' }, filePart()],
      says: /"map" part must be a text field/,
    },
    {
      name: 'another field before operations',
      form: [{ name: 'note', value: 'x' }, ...good],
      says: /The field "note" stands before the "map" part/,
    },
    {
      name: 'another field between operations and map',
      form: [operationsPart(), { name: '', value: 'x' }, mapPart(), filePart()],
      says: /The field "" stands before the "map" part/,
    },
    ...['base64', 'Quoted-Printable', 'x-uuencode'].flatMap((encoding) =>
      good.map((part) => ({
        name: `${part.name} in ${encoding}`,
        form: good.map((each) => (each === part ? encodedPart(each, encoding) : each)),
        says: new RegExp(`"${part.name}" has the Content-Transfer-Encoding "${encoding.toLowerCase()}"`),
      })),
    ),
    ...['{"query": hidden-text', '', 'undefined', '{}{}'].map((value) => ({
      name: `operations that are ${JSON.stringify(value)}`,
      form: [{ name: 'operations', value }, mapPart(), filePart()],
      says: /"operations" part is not valid JSON/,
    })),
    ...['{"0": hidden-text', '', '{"0":["variables.file"],}'].map((value) => ({
      name: `a map that is ${JSON.stringify(value)}`,
      form: [operationsPart(), { name: 'map', value }, filePart()],
      says: /"map" part is not valid JSON/,
    })),
    ...['null', '1', 'true', '"hidden-text"'].map((value) => ({
      name: `operations that are ${value}`,
      form: [{ name: 'operations', value }, mapPart(), filePart()],
      says: /operations/,
    })),
    {
      name: 'a batch',
      form: [
        {
          name: 'operations',
          value: JSON.stringify([{ query: uploadCouponBatch, variables: { file: null } }]),
        },
        mapPart({ 0: ['0.variables.file'] }),
        filePart(),
      ],
      says: /Batching is not supported/,
    },
    ...[null, 1, 'variables.file', [], [['variables.file']]].map((map) => ({
      name: `a map that is ${JSON.stringify(map)}`,
      form: [operationsPart(), mapPart(map), filePart()],
      says: /"map" part must be a JSON object/,
    })),
    ...['variables.file', { path: 'variables.file' }, null, 0].map((paths) => ({
      name: `a map entry that is ${JSON.stringify(paths)}`,
      form: [operationsPart(), mapPart({ 0: paths }), filePart()],
      says: /must be an array of paths/,
    })),
    ...[null, 1, {}, ['variables.file'], ''].map((path) => ({
      name: `a path that is ${JSON.stringify(path)}`,
      form: [operationsPart(), mapPart({ 0: [path] }), filePart()],
      says: /must be a string of 1 to/,
    })),
    ...[
      'variables',
      'query',
      'file',
      ' variables.file',
      'extensions.file',
      '.variables.file',
      '0.variables.file',
    ].map((path) => ({
      name: `the path "${path}"`,
      form: [operationsPart(), mapPart({ 0: [path] }), filePart()],
      says: /must start with "variables."/,
    })),
    ...[
      'variables.other.file',
      'variables.file.name',
      'variables..file',
      'variables.input.couponSeriesId.0',
      'variables.hasOwnProperty.call',
      'variables.toString.x',
      'variables.__proto__',
      'variables.__proto__.x',
      'variables.constructor',
      'variables.constructor.prototype.x',
      'variables.input.__proto__.x',
      'variables.list.1',
      'variables.list.-1',
      'variables.list.length',
      'variables.list.00x',
    ].map((path) => ({
      name: `the path "${path}"`,
      form: [
        operationsPart({ file: null, input: mobileInput, list: [null] }),
        mapPart({ 0: [path] }),
        filePart(),
      ],
      says: /does not exist in the "operations" part|must hold null/,
    })),
    {
      name: 'a path into operations without variables',
      form: [
        { name: 'operations', value: JSON.stringify({ query: uploadCouponBatch }) },
        mapPart(),
        filePart(),
      ],
      says: /does not exist in the "operations" part/,
    },
    {
      name: 'a path to a text',
      form: [operationsPart({ file: 'here', input: mobileInput }), mapPart(), filePart()],
      says: /must hold null/,
    },
    {
      name: 'a path of 100 kB',
      form: [operationsPart(), mapPart({ 0: [`variables${'.file'.repeat(20_000)}`] }), filePart()],
      says: /must be a string of 1 to 200/,
    },
    {
      name: 'one file for two variables',
      form: [
        operationsPart({ a: null, b: null }),
        mapPart({ 0: ['variables.a', 'variables.b'] }),
        filePart(),
      ],
      says: /send the file once for each use/,
    },
    {
      name: 'a map entry without a path',
      form: [operationsPart(), mapPart({ 0: [] }), filePart()],
      says: /exactly one path/,
    },
    {
      name: 'two entries with the same path',
      form: [operationsPart(), mapPart({ 0: ['variables.file'], 1: ['variables.file'] }), filePart()],
      says: /Two "map" entries name the same path/,
    },
    {
      name: 'more files than ever are needed',
      form: [
        operationsPart(),
        mapPart(Object.fromEntries(Array.from({ length: 11 }, (_, part) => [part, ['variables.file']]))),
        filePart(),
      ],
      says: /names 11 files; at most 10/,
    },
    {
      name: 'operations over 1 MiB',
      form: [operationsPart({ file: null, input: 'x'.repeat(1024 * 1024) }), mapPart(), filePart()],
      status: 413,
      code: 'PAYLOAD_TOO_LARGE',
      says: /'operations'.*1048576 byte/,
    },
    {
      name: 'a map over 1 MiB',
      form: [operationsPart(), mapPart({ 0: ['x'.repeat(1024 * 1024)] }), filePart()],
      status: 413,
      code: 'PAYLOAD_TOO_LARGE',
      says: /'map'.*1048576 byte/,
    },
    {
      name: 'line feeds without carriage returns',
      form: Buffer.from(encodeForm(good).toString().replaceAll('\r\n', '\n')),
      says: /CR LF/,
    },
  ];

  test.each(bad)('are refused: $name', async ({ form, code = 'BAD_REQUEST', status = 400, says }) => {
    const answer = await send(form);
    expect(answer).toMatchObject({ status, code, uploads: [] });
    expect(answer.message).toMatch(says);
    expect(JSON.stringify(answer.errors)).not.toMatch(/hidden-text|graphql-upload|node_modules|stack/);
  });

  test('past the two fields and the mapped files are passed over', async () => {
    const answer = await send([
      ...good,
      { name: 'note', value: 'x' },
      filePart('other', 'extra', 'extra.csv'),
    ]);
    expect(answer.data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted' });
    expect(answer.uploads).toMatchObject([{ complete: true, fileSha256: sha256Of(csv) }]);
  });

  test('may have an extra file before the one that is needed', async () => {
    const answer = await send([
      operationsPart(),
      mapPart(),
      filePart('x'.repeat(300_000), 'extra', 'extra.csv'),
      filePart(),
    ]);
    expect(answer.data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted' });
    expect(answer.uploads).toMatchObject([{ complete: true, fileSha256: sha256Of(csv) }]);
  });

  test('of JSON may begin with a byte order mark, as a JSON body may', async () => {
    const marked = (part: FormPart) => ({ ...part, value: `\ufeff${part.value}` });
    const answer = await send([marked(operationsPart()), marked(mapPart()), filePart()]);
    expect(answer.data?.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted' });
  });

  test('may have extra files without a name, several of them', async () => {
    const nameless = [filePart('one', '', 'one.csv'), filePart('two', '', 'two.csv')];
    const answer = await send([operationsPart(), mapPart(), ...nameless, filePart()]);
    expect(answer.data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted' });
    expect(answer.uploads).toMatchObject([{ complete: true, fileSha256: sha256Of(csv) }]);
  });

  test('carry an operation without files as well', async () => {
    const answer = await send([operationsPart({}, '{ __typename }'), mapPart({})]);
    expect(answer).toMatchObject({ status: 200, data: { __typename: 'Query' } });
  });
});

const twoUploads = /* GraphQL */ `
  mutation ($a: Upload!, $b: Upload!, $input: UploadCouponBatchInput!) {
    a: uploadCouponBatch(file: $a, input: $input) { __typename ... on UploadAccepted { file { name bytes sha256 } } }
    b: uploadCouponBatch(file: $b, input: $input) { __typename ... on UploadAccepted { file { name bytes sha256 } } }
  }
`;
const twoVariables = { a: null, b: null, input: mobileInput };
const twoPaths = { 0: ['variables.a'], 1: ['variables.b'] };

describe('Two files in one operation', () => {
  const second = `${csv}917777777777,CODE3\r\n`.repeat(20_000);

  test('are both uploaded when they come in the order of their fields', async () => {
    const answer = await send([
      operationsPart(twoVariables, twoUploads),
      mapPart(twoPaths),
      filePart(csv, '0', 'a.csv'),
      filePart(second, '1', 'b.csv'),
    ]);
    expect(answer.data).toEqual({
      a: { __typename: 'UploadAccepted', file: { name: 'a.csv', bytes: csv.length, sha256: sha256Of(csv) } },
      b: {
        __typename: 'UploadAccepted',
        file: { name: 'b.csv', bytes: second.length, sha256: sha256Of(second) },
      },
    });
    expect(answer.uploads).toMatchObject([
      { complete: true, fileSha256: sha256Of(csv) },
      { complete: true, fileSha256: sha256Of(second) },
    ]);
  });

  test('in the other order are refused, and nothing is uploaded', async () => {
    const answer = await send([
      operationsPart(twoVariables, twoUploads),
      mapPart(twoPaths),
      filePart(second, '1', 'b.csv'),
      filePart(csv, '0', 'a.csv'),
    ]);
    expect(answer).toMatchObject({ status: 400, code: 'BAD_REQUEST', data: null, uploads: [] });
    expect(answer.message).toMatch(/file part "1" comes before/);
  });

  // JSON.parse puts such keys into the order of their numbers, whatever a client wrote.
  const otherMap = { 0: ['variables.b'], 1: ['variables.a'] };
  test.each([
    { what: 'each in a packet with the other', files: [csv, csv] },
    { what: 'as large as what is buffered', files: [`${csv.repeat(900)}`, csv.repeat(900)] },
    { what: 'each in many packets', files: [second, second] },
  ])(
    'may be named by the map in another order than they come in: $what',
    async ({ files: [a = '', b = ''] }) => {
      const answer = await send([
        operationsPart(twoVariables, twoUploads),
        mapPart(otherMap),
        filePart(a, '1', 'a.csv'),
        filePart(b, '0', 'b.csv'),
      ]);
      expect(answer.data).toMatchObject({ a: { file: { name: 'a.csv' } }, b: { file: { name: 'b.csv' } } });
      expect(answer.uploads).toMatchObject([
        { complete: true, fileSha256: sha256Of(a) },
        { complete: true, fileSha256: sha256Of(b) },
      ]);
    },
  );

  test.each([
    { paths: twoPaths, names: ['1', '0'] },
    { paths: otherMap, names: ['0', '1'] },
  ])(
    'in the other order are uploaded when the whole form is there before the first is read: $paths',
    async ({ paths, names: [first = '', last = ''] }) => {
      const answer = await send([
        operationsPart(twoVariables, twoUploads),
        mapPart(paths),
        filePart(`${csv}917777777777,CODE3\r\n`, first, 'b.csv'),
        filePart(csv, last, 'a.csv'),
      ]);
      expect(answer.data).toMatchObject({ a: { file: { name: 'a.csv' } }, b: { file: { name: 'b.csv' } } });
      expect(answer.uploads).toMatchObject([{ fileSha256: sha256Of(csv) }, { complete: true }]);
    },
  );

  test('in the other order are refused at once also when the second begins before the first fills its buffer', async () => {
    const answer = await send([
      operationsPart(twoVariables, twoUploads),
      mapPart(otherMap),
      filePart(csv.repeat(900), '0', 'b.csv'),
      filePart(csv.repeat(900), '1', 'a.csv'),
    ]);
    expect(answer).toMatchObject({ status: 400, code: 'BAD_REQUEST', data: null, uploads: [] });
    expect(answer.message).toMatch(/file part "0" comes before/);
  });

  test('of which the second is missing: the first is uploaded, and the error names the field', async () => {
    const answer = await send([operationsPart(twoVariables, twoUploads), mapPart(twoPaths), filePart(csv)]);
    expect(answer).toMatchObject({ code: 'FILE_MISSING', errors: [{ path: ['b'] }] });
    expect(answer.uploads).toMatchObject([{ complete: true, fileSha256: sha256Of(csv) }]);
  });

  test('of which the first is not used are refused when they stand in the way', async () => {
    const answer = await send([
      operationsPart(
        { ...twoVariables, no: false },
        twoUploads
          .replace('mutation (', 'mutation ($no: Boolean!, ')
          .replace('a: uploadCouponBatch(file: $a, input: $input)', '$& @include(if: $no)'),
      ),
      mapPart(twoPaths),
      filePart(second, '0', 'a.csv'),
      filePart(csv, '1', 'b.csv'),
    ]);
    expect(answer).toMatchObject({ status: 400, code: 'BAD_REQUEST', uploads: [] });
    expect(answer.message).toMatch(/none that it does not use/);
  });

  test('of which the first is not used, and small enough to be there as a whole: the second is uploaded', async () => {
    const answer = await send([
      operationsPart(
        { ...twoVariables, no: false },
        twoUploads
          .replace('mutation (', 'mutation ($no: Boolean!, ')
          .replace('a: uploadCouponBatch(file: $a, input: $input)', '$& @include(if: $no)'),
      ),
      mapPart(twoPaths),
      filePart(csv, '0', 'a.csv'),
      filePart(csv, '1', 'b.csv'),
    ]);
    expect(answer.data).toMatchObject({ b: { __typename: 'UploadAccepted' } });
  });

  test('of which the last is not used: the first is uploaded', async () => {
    const answer = await send([
      operationsPart(
        { ...twoVariables, no: false },
        twoUploads
          .replace('mutation (', 'mutation ($no: Boolean!, ')
          .replace('b: uploadCouponBatch(file: $b, input: $input)', '$& @include(if: $no)'),
      ),
      mapPart(twoPaths),
      filePart(csv, '0', 'a.csv'),
      filePart(second, '1', 'b.csv'),
    ]);
    expect(answer.data).toMatchObject({ a: { __typename: 'UploadAccepted' } });
    expect(answer.uploads).toMatchObject([{ complete: true, fileSha256: sha256Of(csv) }]);
  });

  test('of which the first has a line that begins with the boundary: it is not uploaded as far as that line', async () => {
    const first = `${second}--${boundary}7,CODE4\r\n`;
    const answer = await send([
      operationsPart(twoVariables, twoUploads),
      mapPart(twoPaths),
      filePart(first, '0', 'a.csv'),
      filePart(csv, '1', 'b.csv'),
    ]);
    expect(answer).toMatchObject({ status: 400, code: 'BAD_REQUEST', data: null });
    expect(answer.message).toContain('Behind a boundary belongs its line end');
    expect(answer.whole).toEqual([]);
  });

  test('that are one and the same are refused at the second use', async () => {
    const answer = await send([
      operationsPart(
        { file: null, input: mobileInput },
        twoUploads.replace('$a: Upload!, $b', '$file').replaceAll(/\$[ab]\b/g, '$$file'),
      ),
      mapPart(),
      filePart(),
    ]);
    expect(answer).toMatchObject({ status: 400, code: 'BAD_REQUEST', errors: [{ path: ['b'] }] });
    expect(answer.message).toMatch(/Send it once for each/);
  });
});

describe('A file that is none', () => {
  const literal = uploadCouponBatch
    .replace('$file: Upload!, ', '')
    .replace('file: $file', 'file: "coupons.csv"');

  test.each([
    { name: 'the mapped part does not come', form: [operationsPart(), mapPart()] },
    { name: 'a part of another name comes', form: [operationsPart(), mapPart(), filePart(csv, '1')] },
    { name: 'the part has no file name', form: [operationsPart(), mapPart(), { name: '0', value: csv }] },
    {
      name: 'the map names another variable',
      form: [operationsPart(), mapPart({ 0: ['variables.other'] }), filePart()],
    },
    { name: 'the map is empty', form: [operationsPart(), mapPart({}), filePart()] },
    {
      name: 'the map is empty and the variable is {}, as JSON.stringify writes a File',
      form: [operationsPart({ file: {}, input: mobileInput }), mapPart({}), filePart()],
    },
    {
      name: 'the document holds a file name',
      form: [operationsPart({ input: mobileInput }, literal), mapPart({}), filePart()],
    },
  ])('is told as FILE_MISSING when $name', async ({ form }) => {
    const answer = await send(form);
    expect(answer).toMatchObject({ code: 'FILE_MISSING' });
    expect(answer.whole).toEqual([]);
  });

  test.each([
    ['null', null],
    ['{}', {}],
    ['a text', 'coupons.csv'],
    ['a list', []],
    ['a number', 1],
  ])('is told as FILE_MISSING when it comes by JSON as %s', async (_, file) => {
    const { errors } = readGraphQL(
      await postJson(gateway.url, uploadCouponBatch, { file, input: mobileInput }),
    );
    expect(errors).toMatchObject([{ extensions: { code: 'FILE_MISSING' } }]);
  });

  test('is told as FILE_MISSING when its variable is left out', async () => {
    const { errors } = readGraphQL(await postJson(gateway.url, uploadCouponBatch, { input: mobileInput }));
    expect(errors).toMatchObject([{ extensions: { code: 'FILE_MISSING' } }]);
  });
});

describe('The file name', () => {
  const long = `${'ä'.repeat(2_500)}.csv`;

  test.each([
    { name: 'non-ASCII', sent: 'купоны – クーポン 🎟.csv', shown: 'купоны – クーポン 🎟.csv' },
    { name: 'folders up', sent: '../../etc/passwd.csv', shown: 'passwd.csv' },
    { name: 'a Windows path', sent: String.raw`C:\\Users\\me\\coupons.csv`, shown: 'coupons.csv' },
    { name: 'folders only', sent: '../', shown: 'upload.csv' },
    { name: 'a quote as browsers send it', sent: 'a%22b.csv', shown: 'a"b.csv' },
    { name: 'a quote as curl sends it', sent: String.raw`a\"b.csv`, shown: 'a"b.csv' },
    { name: 'line breaks as browsers send them', sent: 'a%0D%0Ab.csv', shown: 'ab.csv' },
    {
      name: 'another parameter',
      sent: 'a.csv; name=customerIdentifier',
      shown: 'a.csv; name=customerIdentifier',
    },
    { name: 'tabs', sent: 'a\tb.csv', shown: 'ab.csv' },
    { name: 'spaces around', sent: '  coupons.csv ', shown: 'coupons.csv' },
    { name: 'no extension', sent: 'coupons', shown: 'coupons' },
    { name: 'capitals', sent: 'COUPONS.CSV', shown: 'COUPONS.CSV' },
    { name: '2,500 letters of two bytes', sent: long, shown: long },
  ])('comes back as the user knows it, and upstream gets one sane part: $name', async ({ sent, shown }) => {
    const answer = await send([operationsPart(), mapPart(), filePart(csv, '0', sent)]);
    const { __typename, file, jobs } = answer.data.uploadCouponBatch;
    expect({ __typename, file }).toMatchObject({ __typename: 'UploadAccepted', file: { name: shown } });
    if (shown !== long) expect(jobs[0].uploadedFileName).toBe(shown);
    expect(answer.uploads).toMatchObject([
      {
        complete: true,
        fileSha256: sha256Of(csv),
        fields: { customerIdentifier: 'MOBILE', customerIdentifierColumn: '0' },
        // What upstream decodes is a plain name: nothing that a folder or a header could be made of, and of bounded length.
        fileName: expect.stringMatching(/^[^\p{Cc}"\\/]{1,240}\.(csv|CSV)$/u),
      },
    ]);
  });

  test('of FormData and fetch comes back, whatever it holds', async () => {
    const fileName = 'Ünïcode "quoted" \\ 100% 🎟.csv';
    const { data } = await upload(gateway.url, { fileName });
    expect(data.uploadCouponBatch.file.name).toBe(' 100% 🎟.csv'.trim());
  });

  test('may be empty where the part is a file all the same', async () => {
    const answer = await send([
      operationsPart(),
      mapPart(),
      { ...filePart(csv, '0', ''), type: 'application/octet-stream' },
    ]);
    expect(answer.data.uploadCouponBatch.file.name).toBe('upload.csv');
    expect(answer.uploads).toMatchObject([{ complete: true, fileSha256: sha256Of(csv) }]);
  });

  test('in RFC 5987 form is understood', async () => {
    const form = encodeForm([...good.slice(0, 2), filePart(csv, '0', '@')]).toString();
    const answer = await send(
      Buffer.from(form.replace('filename="@"', "filename*=UTF-8''%E2%82%AC%20rates.csv")),
    );
    expect(answer.data.uploadCouponBatch.file.name).toBe('€ rates.csv');
  });

  test.each([
    ['a raw line break and a header', 'a.csv"\r\nX-Injected: 1\r\n\r\nmobile\r\n'],
    ['20,000 letters', `${'a'.repeat(20_000)}.csv`],
  ])('that cannot be one never makes a second part upstream: %s', async (_, fileName) => {
    const answer = await send([operationsPart(), mapPart(), filePart(csv, '0', fileName)]);
    expect(answer.status).toBeLessThan(500);
    for (const { fileName: seen, fields } of answer.uploads) {
      expect(seen).not.toMatch(/\p{Cc}/u);
      expect(Object.keys(fields)).toEqual(['customerIdentifier', 'customerIdentifierColumn']);
    }
  });
});

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
  ])('is read by any spelling of its content type: $name', async ({ contentType }) => {
    const answer = await send(good, { 'content-type': contentType });
    expect(answer.data?.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted' });
    expect(answer.uploads).toMatchObject([{ complete: true, fileSha256: sha256Of(csv) }]);
  });

  test.each([
    { name: 'no boundary', contentType: 'multipart/form-data' },
    { name: 'no boundary behind a semicolon', contentType: 'multipart/form-data;' },
    { name: 'an empty boundary', contentType: 'multipart/form-data; boundary=' },
    { name: 'an empty boundary in quotes', contentType: 'multipart/form-data; boundary=""' },
    { name: 'an unquoted boundary with spaces', contentType: 'multipart/form-data; boundary=a b c' },
    { name: 'another boundary', contentType: 'multipart/form-data; boundary=other', code: 'TRUNCATED' },
  ])('is refused with $name', async ({ contentType, code = 'BAD_REQUEST' }) => {
    const answer = await send(good, { 'content-type': contentType });
    expect(answer).toMatchObject({ status: 400, code, uploads: [] });
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
