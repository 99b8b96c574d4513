import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assertClean } from './support/assert-clean.ts';
import { cpuMsOf } from './support/cpu-ms-of.ts';
import { uploadCouponBatch } from './support/graphql-client.ts';
import { filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { exchange, postForm, postJson, readGraphQL, requestHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { outcome, transports, watchJobs } from './support/subscription-clients.ts';

let gateway: TestGateway;
let closed: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  closed = await startGateway({ env: { INTROSPECTION: 'false', GRAPHIQL: 'false' } });
});
afterAll(async () => {
  await assertClean(gateway);
  await gateway[Symbol.asyncDispose]();
  await closed[Symbol.asyncDispose]();
});

const times = (count: number, make: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => make(at)).join(' ');

/** Under the media type whose status tells a refused document from an executed one. */
async function ask(query: string, variables?: unknown, url = gateway.url) {
  const { result: answer, cpuMs } = await cpuMsOf(() =>
    postJson(url, query, variables, { accept: 'application/graphql-response+json' }),
  );
  return { ...readGraphQL(answer), bytes: answer.body.length, cpuMs };
}

const refused = { status: 400, code: 'GRAPHQL_VALIDATION_FAILED', data: undefined };
const page = (size: string, fields = 'edges { node { id status } }') => `uploadJobs(${size}) { ${fields} }`;
const series = (size: string, fields?: string) => `couponSeries(id: "1") { id ${page(size, fields)} }`;

describe('Refused before anything is executed', () => {
  test.each([
    { name: '101 aliases', query: `{ ${times(101, (at) => `a${at}: __typename`)} }`, says: '100 aliases' },
    {
      name: '101 aliases in a fragment',
      query: `{ ...F } fragment F on Query { ${times(101, (at) => `a${at}: __typename`)} }`,
      says: '100 aliases',
    },
    {
      name: '35 aliases in a fragment that is spread three times',
      query: `{ ...F ...G } fragment F on Query { ...H ...H } fragment G on Query { ...H } fragment H on Query { ${times(35, (at) => `a${at}: __typename`)} }`,
      says: '100 aliases',
    },
    {
      name: '101 aliases in inline fragments',
      query: `{ ${times(101, (at) => `... on Query { a${at}: __typename }`)} }`,
      says: '100 aliases',
    },
    {
      name: '51 directives',
      query: `{ ${times(51, () => '__typename @include(if: true)')} }`,
      says: '50 directives',
    },
    {
      name: '51 directives on spreads of one fragment',
      query: `{ ${times(51, () => '...F @include(if: true)')} } fragment F on Query { __typename }`,
      says: '50 directives',
    },
    {
      name: '51 directives in a fragment that is spread once',
      query: `{ ...F } fragment F on Query { ${times(51, () => '__typename @skip(if: false)')} }`,
      says: '50 directives',
    },
    {
      name: '20 directives in a fragment that is spread three times',
      query: `{ ...F ...F ...F } fragment F on Query { ${times(20, () => '__typename @skip(if: false)')} }`,
      says: '50 directives',
    },
    {
      name: 'one field 2,000 times over',
      query: `{ ${times(2_000, () => '__typename')} }`,
      says: 'repeats a field',
    },
    {
      name: 'two aliases of one field, in turn, as often as the tokens allow',
      query: `{ ...F } fragment F on Query { ${times(50, () => 'a: __typename b: __typename __typename')} ${times(1_500, () => '__typename')} }`,
      says: 'repeats a field',
    },
    {
      name: '11 levels over fragments',
      query: `{ ...F0 } ${times(10, (at) => `fragment F${at} on Query { ...F${at + 1} }`)} fragment F10 on Query { __typename }`,
      says: '10 deep',
    },
    {
      name: 'a page of 500 within a page of 500',
      query: `{ ${series('first: 500', `edges { node { ${series('first: 500').replace('(id: "1")', '')} } }`)} }`,
      says: 'asks for more',
    },
    {
      name: 'the same by variables',
      query: `query ($n: Int!) { ${series('first: $n', `edges { node { ${series('first: $n').replace('(id: "1")', '')} } }`)} }`,
      variables: { n: 500 },
      says: 'asks for more',
    },
    {
      name: 'null pages within null pages',
      query: `{ ${series('first: null', `edges { node { ${series('first: null', `edges { node { ${times(130, () => 'id')} } }`).replace('(id: "1")', '')} } }`)} }`,
      says: 'asks for more',
    },
    {
      name: "the same by a variable's default",
      query: `query ($n: Int = 500) { ${series('first: $n', `edges { node { ${series('first: $n').replace('(id: "1")', '')} } }`)} }`,
      says: 'asks for more',
    },
    {
      name: 'the same by fragments',
      query: `{ couponSeries(id: "1") { uploadJobs(first: 500) { edges { ...A } } } } fragment A on UploadJobEdge { node { couponSeries { uploadJobs(first: 500) { edges { cursor } } } } }`,
      says: 'asks for more',
    },
    {
      name: 'pages of the default size for 1,500 series of a supergraph',
      query: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on CouponSeries { uploadJobs { edges { node { id } } } } } }`,
      variables: {
        r: Array.from({ length: 1_500 }, (_, at) => ({ __typename: 'CouponSeries', id: String(at) })),
      },
      says: 'asks for more',
    },
    {
      name: 'fragments that multiply by 40 three times',
      query: `{ ...F0 } ${times(3, (at) => `fragment F${at} on Query { ${times(40, () => `...F${at + 1}`)} }`)} fragment F3 on Query { __typename }`,
      says: 'asks for more',
    },
    {
      name: 'the same in an operation with a variable',
      query: `query ($id: ID!) { ...F0 uploadJob(id: $id) { id } } ${times(3, (at) => `fragment F${at} on Query { ${times(40, () => `...F${at + 1}`)} }`)} fragment F3 on Query { __typename }`,
      variables: { id: 'COUPON_BATCH:1:1' },
      says: 'asks for more',
    },
    {
      name: 'the schema 100 times over',
      query: `{ ${times(100, (at) => `a${at}: __schema { ...S }`)} } fragment S on __Schema { types { fields { args { type { name } } } } }`,
      says: 'asks for more',
    },
    {
      name: 'the schema by aliases on three levels',
      query: `{ __schema { types { ...T } } } fragment T on __Type { ${times(50, (at) => `a${at}: fields { ...F }`)} } fragment F on __Field { ${times(50, (at) => `b${at}: args { name }`)} }`,
      says: '100 aliases',
    },
    {
      name: 'the SDL four times over',
      query: `{ ${times(4, (at) => `a${at}: _service { sdl }`)} }`,
      says: 'asks for more',
    },
    {
      name: 'the descriptions of all types 40 times over',
      query: `{ __schema { types { ${times(40, (at) => `a${at}: description`)} } } }`,
      says: 'asks for more',
    },
    {
      name: 'the descriptions of all fields 40 times over, in a fragment',
      query: `{ __schema { types { ...T } } } fragment T on __Type { fields { ${times(40, (at) => `a${at}: description`)} } }`,
      says: 'asks for more',
    },
    {
      name: 'types by name, each with all that hangs on it',
      query: `{ ${times(100, (at) => `a${at}: __type(name: "UploadJob") { ...T }`)} } fragment T on __Type { fields { type { fields { type { name kind ofType { name kind } } } } } }`,
      says: 'asks for more',
    },
  ])('is $name', async ({ query, variables, says }) => {
    const answer = await ask(query, variables);
    expect(answer).toMatchObject(refused);
    expect(answer.message).toContain(says);
    expect(answer.cpuMs).toBeLessThan(2_000);
    expect(gateway.sandbox.requests).toEqual([]);
  });

  test('is an upload that asks for a page of 500 for each job that a split file makes', async () => {
    const jobs = `jobs { couponSeries { ${page('first: 500')} } }`;
    const query = uploadCouponBatch.replace('jobs { id status outcome uploadedFileName }', jobs);
    const form = [operationsPart(undefined, query), mapPart(), filePart()];
    const answer = readGraphQL(
      await postForm(gateway.url, form, { accept: 'application/graphql-response+json' }),
    );
    expect(answer).toMatchObject(refused);
    expect(answer.message).toContain('asks for more');
    expect(gateway.sandbox.requests).toEqual([]);
  });

  test.each(transports.map((transport) => ({ transport, name: transport.name })))(
    'is a subscription that asks for too much with each event, over $name',
    async ({ transport }) => {
      const query = `subscription ($n: Int!) { uploadJobUpdated(ids: ["COUPON_BATCH:1:1"]) { couponSeries { ${page('first: $n', `edges { node { couponSeries { ${page('first: $n')} } } }`)} } } }`;
      await using operation = transport.start(gateway.url, { query, variables: { n: 500 } });
      const { data, errors } = await outcome(operation);
      expect(data).toEqual([]);
      expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
      expect(gateway.sandbox.requests).toEqual([]);
    },
  );

  test.each(transports.map((transport) => ({ transport, name: transport.name })))(
    'is a subscription with 101 aliases, over $name',
    async ({ transport }) => {
      const query = watchJobs.replace('{ id ', `{ ${times(101, (at) => `a${at}: id`)} `);
      await using operation = transport.start(gateway.url, {
        query,
        variables: { ids: ['COUPON_BATCH:1:1'] },
      });
      expect(await outcome(operation)).toMatchObject({
        data: [],
        errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
      });
    },
  );
});

describe('Answered in bounded time, whatever it comes to', () => {
  const fields = 'id status outcome acceptedCount errorCount';

  test.each([
    { name: 'one field 4,990 times', query: `{ ${times(4_990, () => '__typename')} }` },
    {
      name: 'objects that overlap 490 times',
      query: `{ ${times(490, () => 'couponSeries(id: 1) { id }')} }`,
    },
    { name: '50,000 overlapping fields', query: `{ ${times(50_000, () => 'a')} }` },
    {
      name: 'two halves that overlap at each of 7 levels',
      query: `{ couponSeries(id: "1") { ${'uploadJobs { edges { node { couponSeries { id '.repeat(2)} ${'}}}} '.repeat(2)} } }`,
    },
    {
      name: 'fragments that overlap with each other',
      query: `{ ${times(400, (at) => `...F${at}`)} } ${times(400, (at) => `fragment F${at} on Query { __typename }`)}`,
    },
    {
      name: 'fragments in a ring of 200, each with two ways on',
      query: `{ ...F0 } ${times(200, (at) => `fragment F${at} on Query { ...F${(at + 1) % 200} ...F${(at + 7) % 200} }`)}`,
    },
    { name: 'a fragment that spreads itself', query: '{ ...F } fragment F on Query { ...F ...F ...F }' },
    {
      name: 'one huge fragment, spread in 300 operations',
      query: `${times(300, (at) => `query Q${at} { ...F }`)} fragment F on Query { ${times(2_000, () => '__typename')} }`,
    },
    {
      name: 'a page of 500 with 400 of each of its fields',
      query: `{ couponSeries(id: "1") { uploadJobs(first: 500) { edges { node { ${times(400, () => fields)} } } } } }`,
    },
    {
      name: '900 variables, none of them used',
      query: `query (${times(900, (at) => `$v${at}: Int`)}) { __typename }`,
    },
    {
      name: 'an input object of 1,600 fields',
      query: `mutation ($f: Upload!) { uploadCouponBatch(file: $f, input: { ${times(1_600, (at) => `a${at}: 1`)} }) { __typename } }`,
    },
    {
      name: '500,000 empty lines before 120 fields that are none',
      query: `${'\n'.repeat(500_000)}{ ${times(120, (at) => `field${at}`)} }`,
    },
    {
      name: '500,000 empty lines before 190 fields that fail',
      query: `${'\n'.repeat(500_000)}{ ${times(190, (at) => `a${at}: uploadJob(id: "x") { id }`)} }`,
    },
  ])('a document of $name', async ({ query }) => {
    const { status, bytes, cpuMs } = await ask(query);
    expect(status).toBeLessThan(500);
    expect(bytes).toBeLessThan(100_000);
    expect(cpuMs).toBeLessThan(2_000);
  });

  const kinds =
    'query ($v: [UploadJobStatus!]) { couponSeries(id: "1") { uploadJobs(status: $v) { totalCount } } }';
  const input = uploadCouponBatch.replace('$input', '$v').replace('input: $input', 'input: $v');

  test.each([
    { name: 'a list of 90,000 numbers', query: kinds, variables: { v: Array(90_000).fill(1) } },
    {
      name: 'a list of 40,000 members that are none',
      query: kinds,
      variables: { v: Array(40_000).fill('FINISHEDD') },
    },
    { name: 'a list of 80,000 members', query: kinds, variables: { v: Array(80_000).fill('FINISHED') } },
    { name: '40,000 lists in a list', query: kinds, variables: { v: Array(40_000).fill([['FAILED']]) } },
    {
      name: 'an input object of 50,000 fields that are none',
      query: input,
      variables: {
        file: null,
        v: Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`field${at}`, 1])),
      },
    },
    {
      name: '15,000 representations',
      query: 'query ($v: [_Any!]!) { _entities(representations: $v) { ... on UploadJob { id } } }',
      variables: {
        v: Array.from({ length: 15_000 }, (_, at) => ({
          __typename: 'UploadJob',
          id: `COUPON_BATCH:${at}:1`,
        })),
      },
    },
    {
      name: 'a text that is quoted, of 70,000 hints',
      query: 'query ($v: ID!) { uploadJob(id: $v) { id } }',
      variables: { v: { text: ' Did you mean '.repeat(70_000) } },
    },
    {
      name: '50,000 variables that are none',
      query: '{ __typename }',
      variables: Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`v${at}`, 1])),
    },
  ])('variables of $name', async ({ query, variables }) => {
    const { status, cpuMs } = await ask(query, variables);
    expect(status).toBeLessThan(500);
    expect(cpuMs).toBeLessThan(2_000);
  });

  test('variables of more than 5,000 values are refused as such', async () => {
    const answer = await ask(kinds, { v: Array(5_001).fill('FAILED') });
    expect(answer).toMatchObject({ status: 400, code: 'BAD_USER_INPUT', data: undefined });
    expect(answer.message).toContain('5000 values');
  });

  test('no more than 1,000 lists are read upstream for one operation', async () => {
    await using started = await startGateway();
    const representations = Array.from({ length: 1_200 }, (_, at) => ({
      __typename: 'UploadJob',
      id: `COUPON_BATCH:${at + 1}:1`,
    }));
    const query = 'query ($v: [_Any!]!) { _entities(representations: $v) { ... on UploadJob { id } } }';
    const { data, errors } = await ask(query, { v: representations }, started.url);
    expect(data._entities).toHaveLength(1_200);
    expect(errors).toHaveLength(200);
    expect(errors[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    expect(started.sandbox.requests.length).toBe(1_000);
  });
});

test('Of a document with ten faults the first five are told, and that there are more', async () => {
  const { status, code, errors } = await ask(`{ __typename ${'@aa'.repeat(10)} }`);
  expect({ status, code }).toEqual({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
  expect(errors).toHaveLength(6);
  expect(errors.at(-1).message).toContain('Too many validation errors');
});

describe('Let through', () => {
  test('is an upload that asks for all that there is to tell', async () => {
    await using started = await startGateway();
    const job = `id kind jobId orgId status upstreamStatus outcome isTerminal createdAt updatedAt uploadedFileName
      uploadedFileUrl errorFileUrl successFileUrl totalUploadedCount actualRowCount errorCount acceptedCount
      uploadTableName audienceGroupId audienceGroupVersionId`;
    const query = uploadCouponBatch
      .replaceAll(/jobs \{[^}]*\}/g, `jobs { ${job} }`)
      .replace('jobs {', `jobs { couponSeries { ${page('first: 20')} }`)
      .replace('sha256 }', 'sha256 rows problems { code line column message } }');
    const { data } = readGraphQL(
      await postForm(started.url, [operationsPart(undefined, query), mapPart(), filePart()]),
    );
    expect(data.uploadCouponBatch.jobs).toMatchObject([{ couponSeries: { uploadJobs: { edges: [{}] } } }]);
  });

  test.each([
    { name: '100 aliases', query: `{ ${times(100, (at) => `a${at}: __typename`)} }` },
    { name: '50 directives', query: `{ ${times(50, () => '__typename @include(if: true)')} }` },
    {
      name: 'the largest page with its fields',
      query: `{ ${series('first: 500', 'totalCount edges { cursor node { id kind jobId orgId status upstreamStatus outcome isTerminal createdAt updatedAt uploadedFileName totalUploadedCount actualRowCount errorCount acceptedCount } }')} }`,
    },
    { name: 'introspection as the explorer does it', query: getIntrospectionQuery() },
    {
      name: 'introspection with all there is to tell',
      query: getIntrospectionQuery({
        ...{ descriptions: true, specifiedByUrl: true, directiveIsRepeatable: true },
        ...{ schemaDescription: true, inputValueDeprecation: true, oneOf: true },
      }),
    },
    {
      name: 'introspection with types 13 deep',
      query: getIntrospectionQuery().replace(
        'fragment TypeRef on __Type {',
        `fragment TypeRef on __Type { ${'ofType { name '.repeat(13)} ${'}'.repeat(13)}`,
      ),
    },
    { name: 'the SDL, as composition reads it', query: '{ _service { sdl } }' },
  ])('is $name', async ({ query }) => {
    expect(await ask(query)).toMatchObject({ status: 200, code: undefined, data: expect.any(Object) });
  });

  test('is as much as the settings say', async () => {
    const env = {
      MAX_QUERY_ALIASES: '3',
      MAX_QUERY_COST: '10',
      MAX_QUERY_DEPTH: '12',
      MAX_QUERY_TOKENS: '60',
      MAX_QUERY_DIRECTIVES: '0',
    };
    await using started = await startGateway({ env });
    const statusOf = async (query: string) => (await ask(query, {}, started.url)).status;
    expect(await statusOf('{ a: __typename b: __typename c: __typename }')).toBe(200);
    expect(await statusOf('{ a: __typename b: __typename c: __typename d: __typename }')).toBe(400);
    expect(await statusOf('{ __typename @skip(if: false) }')).toBe(400);
    expect(await statusOf(`{ couponSeries(id: "1") { ${times(8, () => 'id')} } }`)).toBe(200);
    expect(await statusOf(`{ couponSeries(id: "1") { ${times(9, () => 'id')} } }`)).toBe(400);
    expect(await statusOf(`{ ${times(11, () => '...{')} __typename ${times(11, () => '}')} }`)).toBe(400);
    expect(await statusOf(`{ ${times(60, () => '__typename')} }`)).toBe(400);
  });
});

describe('With introspection off', () => {
  test.each(['{ _service { sdl } }', '{ ...F } fragment F on Query { a: _service { sdl } }'])(
    'the SDL is not told either: %s',
    async (query) => {
      expect(await ask(query, {}, closed.url)).toMatchObject(refused);
    },
  );

  test.each([
    { name: 'a field', query: '{ uploadJop(id: "1") { id } }' },
    { name: 'an argument', query: '{ uploadJob(idd: "1") { id } }' },
    { name: 'an enum', query: '{ couponSeries(id: "1") { uploadJobs(status: [FINISHD]) { totalCount } } }' },
    {
      name: 'an enum in variables',
      query:
        'query ($s: [UploadJobStatus!]) { couponSeries(id: "1") { uploadJobs(status: $s) { totalCount } } }',
      variables: { s: ['FINISHD'] },
    },
    {
      name: 'an input field',
      query: uploadCouponBatch,
      variables: { file: null, input: { couponSerieId: 1 } },
    },
    { name: 'a type', query: 'query ($s: UploadJobStatu) { __typename }' },
    { name: 'a directive', query: '{ __typename @includ(if: true) }' },
  ])('no name is guessed for $name', async ({ query, variables }) => {
    const { errors } = await ask(query, variables, closed.url);
    expect(errors.length).toBeGreaterThan(0);
    expect(JSON.stringify(errors)).not.toMatch(/did you mean/i);
  });

  test.each(transports.map((transport) => ({ transport, name: transport.name })))(
    'no name is guessed over $name',
    async ({ transport }) => {
      const query = 'subscription { uploadJobUpdate(ids: ["COUPON_BATCH:1:1"]) { statu } }';
      await using operation = transport.start(closed.url, { query });
      const { errors } = await outcome(operation);
      expect(errors.length).toBeGreaterThan(0);
      expect(JSON.stringify(errors)).not.toMatch(/did you mean|uploadJobUpdated/i);
    },
  );
});

test('a query that is too long for a GET is told so', async () => {
  const query = encodeURIComponent(`{ ${times(3_000, () => '__typename')} }`);
  const answer = await exchange(gateway.url, requestHead('GET', `/graphql?query=${query}`));
  expect(readGraphQL(answer)).toMatchObject({ status: 414, code: 'URI_TOO_LONG' });
});
