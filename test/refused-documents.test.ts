import { describe, expect, test } from 'vitest';
import { cpuMsOf } from './support/cpu-ms-of.ts';
import { mobileInput, uploadCouponBatch } from './support/graphql-client.ts';
import { innards } from './support/innards.ts';
import { exchange, postHead, postJson, readGraphQL, requestHead } from './support/raw-graphql.ts';
import { useGateway } from './support/use-gateway.ts';

const gateway = useGateway();

const spec = { accept: 'application/graphql-response+json' };

function postBody(body: string) {
  const length = Buffer.byteLength(body);
  const head = postHead({ 'content-type': 'application/json', 'content-length': length, ...spec });
  return exchange(gateway.url, head + body);
}

/** Asks under the media type whose status tells a refused document from an executed one. */
async function ask(query: string, variables?: unknown) {
  const { result: answer, cpuMs } = await cpuMsOf(() => postJson(gateway.url, query, variables, spec));
  expect(answer.body).not.toMatch(innards);
  return { ...readGraphQL(answer), body: answer.body, cpuMs };
}

test.each([
  {
    input: { ...mobileInput, customerIdentifier: 'PHONE' },
    message: /^Variable "\$input" got an invalid value at "input\.customerIdentifier"; [^;]* enum\.$/,
  },
  {
    input: { ...mobileInput, options: { maxRowsPerJob: 'at "a.b"; ' } },
    message: /^Variable "\$input" got an invalid value at "input\.options\.maxRowsPerJob"; Int cannot/,
  },
  { input: 3, message: /^Variable "\$input" got an invalid value; Expected type/ },
])('A variable that does not fit is told with its place: $message', async ({ input, message }) => {
  const { errors } = await ask(uploadCouponBatch, { file: null, input });
  expect(errors).toContainEqual(expect.objectContaining({ message: expect.stringMatching(message) }));
});

describe('A large value is not sent back', () => {
  const large = 'x'.repeat(100_000);

  test.each([
    {
      name: 'where an id belongs',
      query: 'query ($v: ID!) { uploadJob(id: $v) { id } }',
      variables: { v: [large] },
    },
    {
      name: 'as a malformed id',
      query: 'query ($v: ID!) { uploadJob(id: $v) { id } }',
      variables: { v: large },
    },
    {
      name: 'as a malformed series',
      query: 'query ($v: ID!) { couponSeries(id: $v) { id } }',
      variables: { v: large },
    },
    {
      name: 'as a cursor',
      query: 'query ($v: String!) { couponSeries(id: "1") { uploadJobs(after: $v) { totalCount } } }',
      variables: { v: large },
    },
    {
      name: 'where a member of an enum belongs',
      query: uploadCouponBatch,
      variables: { file: null, input: { ...mobileInput, customerIdentifier: large } },
    },
    {
      name: 'as a field of an input',
      query: uploadCouponBatch,
      variables: { file: null, input: { [large]: 1 } },
    },
    {
      name: 'where a file belongs',
      query: uploadCouponBatch,
      variables: { file: large, input: mobileInput },
    },
    { name: 'as a field', query: `{ ${large} }`, variables: {} },
    { name: 'as an argument', query: `{ uploadJob(${large}: 1) { id } }`, variables: {} },
    { name: 'as a type', query: `query ($v: ${large}) { __typename }`, variables: {} },
    {
      name: 'as a literal',
      query: `mutation { uploadCouponBatch(file: "${large}", input: 1) { __typename } }`,
      variables: {},
    },
    { name: 'in the place of a syntax error', query: `{ uploadJob(id: "${large} }`, variables: {} },
  ])('$name', async ({ query, variables }) => {
    const { body, errors, status } = await ask(query, variables);
    expect(errors.length).toBeGreaterThan(0);
    expect(status).toBeLessThan(500);
    expect(body.length).toBeLessThan(3_000);
  });

  test('as the name of an operation', async () => {
    const answer = await postBody(
      JSON.stringify({ query: 'query A { __typename } query B { __typename }', operationName: large }),
    );
    expect(readGraphQL(answer)).toMatchObject({ status: 400 });
    expect(answer.body.length).toBeLessThan(3_000);
  });
});

describe('A document that costs much', () => {
  const nest = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

  test.each([
    {
      name: '60,000 aliases',
      query: `{ ${Array.from({ length: 60_000 }, (_, at) => `a${at.toString(36)}:__typename`).join(' ')} }`,
    },
    { name: 'fields 5,000 deep', query: nest('{a', '}', 5_000) },
    { name: 'fields 1,600 deep', query: nest('{a', '}', 1_600) },
    { name: 'inline fragments 1,200 deep', query: `{${nest('...{', '}', 1_200)}}` },
    {
      name: 'typed inline fragments 800 deep',
      query: `{${nest('...on Query{', '}', 800).replace('{}', '{__typename}')}}`,
    },
    { name: 'a list 2,400 deep', query: `{ uploadJob(id: ${nest('[', ']', 2_400)}) { id } }` },
    { name: 'a list 5,000 deep', query: `{ uploadJob(id: ${nest('[', ']', 5_000)}) { id } }` },
    {
      name: 'an object 1,200 deep',
      query: `{ uploadJob(id: ${nest('{a:', '}', 1_200).replace(':}', ':1}')}) { id } }`,
    },
    {
      name: 'a type 2,400 deep',
      query: `query ($v: ${'['.repeat(2_400)}Int${']'.repeat(2_400)}) { __typename }`,
    },
    {
      name: 'jobs within series within jobs',
      query: `{ couponSeries(id: "1") ${nest('{ uploadJobs { edges { node { couponSeries', '}}}}', 10).replace('couponSeries}', 'couponSeries { id }}')} }`,
    },
    {
      name: 'fragments that double 30 times',
      query: `{ ...F0 } ${Array.from({ length: 30 }, (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`).join(' ')} fragment F30 on Query { nothing }`,
    },
    {
      name: 'fragments in a ring',
      query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
    },
    { name: '1,000 unknown directives', query: `{ __typename ${'@x '.repeat(1_000)} }` },
    {
      name: '1,000 unknown fields',
      query: `{ ${Array.from({ length: 1_000 }, (_, at) => `a${at}`).join(' ')} }`,
    },
    {
      name: 'the same field 4,000 times with other arguments',
      query: `{ ${Array.from({ length: 800 }, (_, at) => `uploadJob(id:${at}){id}`).join(' ')} }`,
    },
    {
      name: 'introspection 8 lists deep',
      query:
        '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
    },
    { name: '1 MB of brackets', query: '{'.repeat(1_000_000) },
    { name: '1 MB of a comment, and nothing', query: `#${'x'.repeat(1_000_000)}` },
  ])('is refused at once: $name', async ({ query }) => {
    const { status, code, body, cpuMs } = await ask(query);
    expect({ status, code }).toEqual({
      status: 400,
      code: expect.stringMatching(/^GRAPHQL_(PARSE|VALIDATION)_FAILED$/),
    });
    expect(body.length).toBeLessThan(50_000);
    expect(cpuMs).toBeLessThan(1_000);
  });

  test('and would be valid is answered at once: fragments that double 30 times', async () => {
    const fragments = Array.from(
      { length: 30 },
      (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`,
    );
    const { status, cpuMs } = await ask(
      `{ ...F0 } ${fragments.join(' ')} fragment F30 on Query { __typename }`,
    );
    expect(status).toBeLessThan(500);
    expect(cpuMs).toBeLessThan(1_000);
  });

  test.each([
    { name: 'a list', value: `${'['.repeat(400_000)}${']'.repeat(400_000)}` },
    { name: 'an object', value: `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}` },
  ])('by variables that are nested very deep is refused: $name', async ({ value }) => {
    const body = `{"query":"query ($v: ID!) { uploadJob(id: $v) { id } }","variables":{"v":${value}}}`;
    const answer = await postBody(body);
    expect(readGraphQL(answer)).toMatchObject({ status: 400 });
    expect(answer.body.length).toBeLessThan(3_000);
    expect(answer.body).not.toMatch(innards);
  });

  test('does not keep others waiting', async () => {
    const aliases = `{ ${Array.from({ length: 60_000 }, (_, at) => `a${at.toString(36)}:__typename`).join(' ')} }`;
    const [, small] = await Promise.all([ask(aliases), ask('{ __typename }')]);
    expect(small).toMatchObject({ status: 200 });
    expect(small.cpuMs).toBeLessThan(1_000);
  });
});

describe('No hint of other names is given', () => {
  test.each([
    { name: 'a field', query: '{ uploadJop(id: "1") { id } }' },
    { name: 'a nested field', query: '{ uploadJob(id: "1") { statu } }' },
    { name: 'an argument', query: '{ uploadJob(ids: "1") { id } }' },
    { name: 'a type', query: 'query ($v: UploadJobKin) { __typename }' },
    { name: 'a fragment type', query: '{ ... on Querry { __typename } }' },
    { name: 'a directive argument', query: '{ __typename @include(iff: true) }' },
    {
      name: 'an enum member',
      query: '{ couponSeries(id: "1") { uploadJobs(kind: COUPON_BATCHES) { totalCount } } }',
    },
    {
      name: 'an enum member by variable',
      query: 'query ($k: UploadJobKind) { couponSeries(id: "1") { uploadJobs(kind: $k) { totalCount } } }',
      variables: { k: 'COUPON_BATCHES' },
    },
    {
      name: 'an input field',
      query:
        'mutation ($f: Upload!) { uploadCouponBatch(file: $f, input: { couponSerieId: 1 }) { __typename } }',
    },
    {
      name: 'an input field by variable',
      query: uploadCouponBatch,
      variables: { file: null, input: { ...mobileInput, couponSerieId: '1' } },
    },
    {
      name: 'a text for an enum',
      query: '{ couponSeries(id: "1") { uploadJobs(kind: "COUPON_BATCH") { totalCount } } }',
    },
    {
      name: 'a field of a union',
      query:
        'mutation ($f: Upload!, $i: UploadCouponBatchInput!) { uploadCouponBatch(file: $f, input: $i) { message } }',
    },
  ])('for $name', async ({ query, variables }) => {
    const { errors, body } = await ask(query, variables);
    expect(errors.length).toBeGreaterThan(0);
    expect(body).not.toMatch(/did you mean/i);
  });
});

describe('What can be switched off', () => {
  const strict = useGateway({ env: { INTROSPECTION: 'false', GRAPHIQL: 'false' } });

  test.each([
    '{ __schema { types { name } } }',
    '{ __type(name: "Query") { name } }',
    'query { ...F } fragment F on Query { __schema { queryType { name } } }',
  ])('is introspection: %s', async (query) => {
    const refused = readGraphQL(await postJson(strict.url, query, {}, spec));
    expect(refused).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED', data: undefined });
    const allowed = readGraphQL(await postJson(gateway.url, query, {}, spec));
    expect(allowed).toMatchObject({ status: 200, code: undefined });
  });

  test('is the explorer', async () => {
    const page = (url: string) => exchange(url, requestHead('GET', '/graphql', { accept: 'text/html' }));
    expect(await page(gateway.url)).toMatchObject({
      status: 302,
      headers: { location: '/graphiql/' },
    });
    const off = await page(strict.url);
    expect(off.status).toBeGreaterThanOrEqual(400);
    expect(off.body).not.toMatch(/<html/i);
  });
});

describe('A subscription to what may turn out to be nothing is refused', () => {
  const field = 'uploadJobUpdated(ids: ["COUPON_BATCH:541854:1"])';

  test.each([
    { name: 'on the field', query: `subscription { ${field} @include(if: false) { id } }` },
    { name: 'on a fragment around it', query: `subscription { ... @skip(if: true) { ${field} { id } } }` },
    {
      name: 'in a fragment that spreads itself',
      query: `subscription { ...F } fragment F on Subscription { ...F ${field} @skip(if: true) { id } }`,
    },
  ])('$name', async ({ query }) => {
    const { body } = await postJson(gateway.url, query, undefined, { accept: 'text/event-stream' });
    expect(body).toContain('cannot have @skip or @include. Start the subscription only when it is wanted.');
    expect(body).toContain('GRAPHQL_VALIDATION_FAILED');
    expect(body).not.toContain('INTERNAL_SERVER_ERROR');
  });
});
