import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IncomingFile, isIncomingFile } from '../src/upload/form/incoming-file.ts';
import { readMultipartOperation } from '../src/upload/form/read-multipart-operation.ts';
import { mobileInput, uploadCouponBatch } from './support/graphql-client.ts';
import { listen } from './support/listen.ts';
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
import { postForm, postHead, readGraphQL } from './support/raw-graphql.ts';
import { useGateway } from './support/use-gateway.ts';
import { wholeRequests } from './support/whole-requests.ts';

// The rules of https://github.com/jaydenseric/graphql-multipart-request-spec, in its order. What a form may look like in
// its bytes, names and faults is in the other multipart-*.test.ts.

const gateway = useGateway();

/** A server of nothing but the intake: answers the operation with each file's content in its place. */
async function startIntake() {
  const server = createServer((req, res) => {
    read(req).then(
      (operation) => res.end(JSON.stringify(operation)),
      (error: { code?: string }) => res.writeHead(400).end(JSON.stringify({ code: error.code })),
    );
  });
  async function read(req: IncomingMessage): Promise<unknown> {
    const { signal } = new AbortController();
    const operation = await readMultipartOperation(req, { signal, idleTimeoutMs: 2_000 });
    return await contentsOf(operation);
  }
  async function contentsOf(value: unknown): Promise<unknown> {
    if (isIncomingFile(value)) return await contentOf(value);
    if (typeof value !== 'object' || value === null) return value;
    const entries: [string, unknown][] = [];
    // One after the other: files are there in the order in which they are read.
    for (const [name, inner] of Object.entries(value)) entries.push([name, await contentsOf(inner)]);
    return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
  }
  async function contentOf(file: IncomingFile): Promise<string> {
    const { name, stream, formEnd } = await file.open(new AbortController().signal);
    const content = await text(stream);
    await formEnd;
    return `${name}: ${content}`;
  }
  const listening = await listen(server);
  return {
    url: `http://${listening.host}/graphql`,
    [Symbol.asyncDispose]: listening[Symbol.asyncDispose],
  };
}

describe('A file may stand wherever the variables have a place for it', () => {
  let intake: Awaited<ReturnType<typeof startIntake>>;
  beforeAll(async () => {
    intake = await startIntake();
  });
  afterAll(() => intake[Symbol.asyncDispose]());

  const a = filePart('Alpha file content.', '0', 'a.txt');
  const b = filePart('Bravo file content.', '1', 'b.txt');
  const alpha = 'a.txt: Alpha file content.';
  const bravo = 'b.txt: Bravo file content.';
  const cases: Record<string, { variables: unknown; map: unknown; files: FormPart[]; expected: unknown }> = {
    'a single file': {
      ...{ variables: { file: null }, map: { 0: ['variables.file'] }, files: [a] },
      expected: { file: alpha },
    },
    'a list of files': {
      variables: { files: [null, null] },
      map: { 0: ['variables.files.0'], 1: ['variables.files.1'] },
      ...{ files: [a, b], expected: { files: [alpha, bravo] } },
    },
    'a list that only begins with files': {
      ...{ variables: { files: [null, null] }, map: { 0: ['variables.files.0'] }, files: [a] },
      expected: { files: [alpha, null] },
    },
    'objects within lists within objects': {
      variables: { input: { parts: [{ note: 1 }, { file: null }] }, other: null },
      map: { 0: ['variables.input.parts.1.file'], 1: ['variables.other'] },
      files: [a, b],
      expected: { input: { parts: [{ note: 1 }, { file: alpha }] }, other: bravo },
    },
    'the map in another order than the files': {
      variables: { files: [null, null] },
      map: { 1: ['variables.files.1'], 0: ['variables.files.0'] },
      ...{ files: [a, b], expected: { files: [alpha, bravo] } },
    },
  };
  test.each(Object.entries(cases))('%s', async (_, { variables, map, files, expected }) => {
    const query = 'mutation { any }';
    const answer = await postForm(intake.url, [operationsPart(variables, query), mapPart(map), ...files]);
    expect(JSON.parse(answer.body)).toEqual({ query, variables: expected });
  });
});

describe('What this gateway takes of a form', () => {
  test.each([
    `multipart/form-data; boundary=${boundary};`,
    `multipart/form-data; boundary="${boundary}" ; `,
    `Multipart/Form-Data ; Charset=utf-8;Boundary=${boundary}`,
  ])('the Content-Type as RFC 9110 lets it be written: %s', async (type) => {
    const form = [operationsPart(), mapPart(), filePart()];
    const answer = readGraphQL(await postForm(gateway.url, form, { 'content-type': type }));
    expect(answer.data).toMatchObject({ uploadCouponBatch: { __typename: 'UploadAccepted' } });
  });

  test('operations with properties that the specification does not know', async () => {
    const operations = { query: uploadCouponBatch, variables: { file: null, input: mobileInput }, more: 1 };
    const form = [{ name: 'operations', value: JSON.stringify(operations) }, mapPart(), filePart()];
    const answer = readGraphQL(await postForm(gateway.url, form));
    expect(answer.data).toMatchObject({ uploadCouponBatch: { __typename: 'UploadAccepted' } });
  });
});

describe('What this gateway refuses of a form', () => {
  const listed = operationsPart({ file: null, input: mobileInput, list: [null], nested: { a: null } });
  const fileHead = `\r\n--${boundary}\r\nContent-Disposition: form-data; name="0"; filename="a.csv"\r\n\r\nmobile`;
  const batch = { query: uploadCouponBatch, variables: { file: null } };
  const mutation = (files: string) =>
    `mutation (${files}, $input: UploadCouponBatchInput!) { uploadCouponBatch(file: $files, input: $input) { __typename } }`;

  const latin1 = ({ name, value }: { name: string; value: string }): FormPart => ({
    name,
    value: Buffer.from(value, 'latin1'),
  });

  const refusals: Record<string, { parts: readonly FormPart[]; code?: string; says: RegExp }> = {
    'a file before the map': { parts: [operationsPart()], says: /'map'/ },
    'the map before the operations': { parts: [mapPart(), operationsPart()], says: /'operations'/ },
    'a file before both': { parts: [], says: /'map'/ },
    'two operations parts in place of a map': {
      parts: [operationsPart(), operationsPart()],
      says: /A second "operations"/,
    },
    'a batch of operations': {
      parts: [
        { name: 'operations', value: JSON.stringify([batch, batch]) },
        mapPart({ 0: ['0.variables.file'] }),
      ],
      says: /Batching is not supported/,
    },
    'a batch of one': {
      parts: [{ name: 'operations', value: JSON.stringify([batch]) }, mapPart({ 0: ['0.variables.file'] })],
      says: /Batching is not supported/,
    },
    'one file at two paths': {
      parts: [listed, mapPart({ 0: ['variables.file', 'variables.nested.a'] })],
      says: /send the file once for each use/,
    },
    'two files at one path': {
      parts: [listed, mapPart({ 0: ['variables.file'], 1: ['variables.file'] })],
      says: /Two "map" entries name the same path/,
    },
    'a file at no path': { parts: [listed, mapPart({ 0: [] })], says: /exactly one path/ },
    'a place that is not null': {
      parts: [listed, mapPart({ 0: ['variables.input.couponSeriesId'] })],
      says: /must hold null/,
    },
    'a place within a place': {
      parts: [listed, mapPart({ 0: ['variables.file.0'] })],
      says: /does not exist/,
    },
    'a place behind the end of a list': {
      parts: [listed, mapPart({ 0: ['variables.list.1'] })],
      says: /does not exist/,
    },
    'an index in another spelling': {
      parts: [listed, mapPart({ 0: ['variables.list.00'] })],
      says: /does not exist/,
    },
    'a place that is only inherited': {
      parts: [listed, mapPart({ 0: ['variables.nested.__proto__.a'] })],
      says: /does not exist/,
    },
    'a place outside of the variables': {
      parts: [listed, mapPart({ 0: ['query'] })],
      says: /must start with/,
    },
    'a list where the schema has one file': {
      parts: [
        operationsPart({ files: [null], input: mobileInput }, mutation('$files: [Upload!]!')),
        mapPart({ 0: ['variables.files.0'] }),
      ],
      ...{ code: 'GRAPHQL_VALIDATION_FAILED', says: /used in position expecting type "Upload!"/ },
    },
    'operations that are no UTF-8': {
      parts: [
        latin1({ name: 'operations', value: '{"query":"{ __typename }","variables":{"a":"é"}}' }),
        mapPart({}),
      ],
      says: /"operations".*not valid UTF-8/,
    },
    'a map that is no UTF-8': {
      parts: [listed, latin1({ name: 'map', value: '{"é":["variables.file"]}' })],
      says: /"map".*not valid UTF-8/,
    },
    'an operation name that is no string': {
      parts: [
        {
          name: 'operations',
          value: JSON.stringify({ query: uploadCouponBatch, operationName: 1, variables: { file: null } }),
        },
        mapPart(),
      ],
      says: /"operationName" must be a string/,
    },
    'a file where the schema has an id': {
      parts: [
        operationsPart({ id: null }, 'query ($id: ID!) { uploadJob(id: $id) { id } }'),
        mapPart({ 0: ['variables.id'] }),
      ],
      ...{
        code: 'BAD_USER_INPUT',
        says: /^Variable "\$id" got an invalid value; ID cannot represent value: a file$/,
      },
    },
    'operations without a query': {
      parts: [{ name: 'operations', value: '{"variables":{"file":null}}' }, mapPart()],
      says: /query/,
    },
    'a file for a variable that the operation does not have': {
      parts: [operationsPart({ file: null, nested: { a: null } }), mapPart({ 0: ['variables.nested.a'] })],
      ...{ code: 'FILE_MISSING', says: /"\$file"/ },
    },
  };
  test.each(Object.entries(refusals))(
    '%s: told with its code while the file is still on its way',
    async (_, { parts, code = 'BAD_REQUEST', says }) => {
      const start = gateway.sandbox.requests.length;
      using connection = await openConnection(gateway.url);
      const sent = parts.length > 0 ? encodeForm(parts, fileHead) : Buffer.from(fileHead.slice(2));
      // A gigabyte is announced, of which no more than the head of the file comes.
      await connection.write(
        postHead({ 'content-length': 2 ** 30, accept: 'application/graphql-response+json' }),
      );
      await connection.write(sent);
      const startedAtMs = performance.now();
      const answer = readGraphQL(await connection.answer());
      expect(performance.now() - startedAtMs).toBeLessThan(5_000);
      expect(answer).toMatchObject({ status: 400, code, message: expect.stringMatching(says) });
      expect(gateway.sandbox.requests.slice(start)).toEqual([]);
    },
  );

  test('two files of one name: told at once, and nothing whole is upstream', async () => {
    const start = gateway.sandbox.requests.length;
    const startedAtMs = performance.now();
    const parts = [operationsPart(), mapPart(), filePart(), filePart(`${csv}917777777777,CODE3\r\n`)];
    const answer = readGraphQL(await postForm(gateway.url, parts));
    expect(answer).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(answer.message).toContain('Two file parts have the name "0".');
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    expect(await wholeRequests(gateway.sandbox, start)).toEqual([]);
  });

  test.each([
    { name: 'a second map', more: mapPart({ 0: ['variables.input'] }) },
    { name: 'second operations', more: operationsPart({}, '{ __typename }') },
  ])('$name, behind the first: passed over, as any further field is', async ({ more }) => {
    const parts = [operationsPart(), mapPart(), more, filePart()];
    const { data } = readGraphQL(await postForm(gateway.url, parts));
    expect(data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted' });
  });

  test.each(['constructor', '__proto__', 'operations', 'map', 'файл', 'a.b[0]'])(
    'no name of a file: %s is one like any other',
    async (name) => {
      const map: FormPart = { name: 'map', value: `{${JSON.stringify(name)}:["variables.file"]}` };
      const { data } = readGraphQL(await postForm(gateway.url, [operationsPart(), map, filePart(csv, name)]));
      expect(data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted' });
    },
  );
});
