import { describe, expect, test } from 'vitest';
import { mobileInput, uploadCouponBatch } from './support/graphql-client.ts';
import {
  boundary,
  csv,
  encodeForm,
  type FormPart,
  filePart,
  mapPart,
  operationsPart,
} from './support/multipart-form.ts';
import { postJson, readGraphQL } from './support/raw-graphql.ts';
import { sha256Of } from './support/sha256-of.ts';
import { useForms } from './support/use-forms.ts';

const { gateway, send } = useForms();

const good = [operationsPart(), mapPart(), filePart()];

/** With one more header; what the value would be in that encoding does not matter. */
function encodedPart(part: FormPart, encoding: string): FormPart {
  return { ...part, type: `text/csv\r\nContent-Transfer-Encoding: ${encoding}` };
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
    ...[
      ['variables.file', 'variables.file.reject'],
      ['variables.file.name', 'variables.file'],
    ].map(([one, other]) => ({
      name: `the paths "${one}" and "${other}", and a part without a name behind them`,
      form: Buffer.from(
        encodeForm([
          operationsPart({ file: {}, input: mobileInput }),
          mapPart({ 0: [one], 1: [other] }),
          filePart(),
        ])
          .toString()
          .replace(/Content-Disposition: .*"0".*/, 'X-Other: y'),
      ),
      says: /one within the other/,
    })),
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

/** The part that names both uploads, of which one is not executed. */
function twoOperationsWithout(field: 'a' | 'b') {
  const upload = `${field}: uploadCouponBatch(file: $${field}, input: $input)`;
  const query = twoUploads
    .replace('mutation (', 'mutation ($no: Boolean!, ')
    .replace(upload, '$& @include(if: $no)');
  return operationsPart({ ...twoVariables, no: false }, query);
}

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
      twoOperationsWithout('a'),
      mapPart(twoPaths),
      filePart(second, '0', 'a.csv'),
      filePart(csv, '1', 'b.csv'),
    ]);
    expect(answer).toMatchObject({ status: 400, code: 'BAD_REQUEST', uploads: [] });
    expect(answer.message).toMatch(/none that it does not use/);
  });

  test('of which the first is not used, and small enough to be there as a whole: the second is uploaded', async () => {
    const answer = await send([
      twoOperationsWithout('a'),
      mapPart(twoPaths),
      filePart(csv, '0', 'a.csv'),
      filePart(csv, '1', 'b.csv'),
    ]);
    expect(answer.data).toMatchObject({ b: { __typename: 'UploadAccepted' } });
  });

  test('of which the last is not used: the first is uploaded', async () => {
    const answer = await send([
      twoOperationsWithout('b'),
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
