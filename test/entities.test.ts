import { expect, test } from 'vitest';
import { ask } from './support/graphql-client.ts';
import { startGateway } from './support/start-gateway.ts';
import { addJob } from './support/subscription-clients.ts';

const entities = /* GraphQL */ `
  query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      __typename
      ... on UploadJob { id status }
      ... on CouponSeries { id uploadJobs { totalCount } }
    }
  }
`;

test('a malformed or unknown representation is null for itself alone, the malformed one with its error', async () => {
  await using started = await startGateway();
  const representations = [
    { __typename: 'UploadJob', id: 'x' },
    { __typename: 'UploadJob', id: 'COUPON_BATCH:541854:1' },
    { __typename: 'CouponSeries', id: 'abc' },
    { __typename: 'CouponSeries', id: '541854' },
  ];
  const { data, errors } = await ask(started.url, entities, { variables: { representations } });
  const series = { __typename: 'CouponSeries', id: '541854', uploadJobs: { totalCount: 0 } };
  expect(data._entities).toEqual([null, null, null, series]);
  expect(errors?.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
    [['_entities', 0], 'BAD_USER_INPUT'],
    [['_entities', 2], 'BAD_USER_INPUT'],
  ]);
});

const malformed: readonly { readonly what: string; readonly representation: unknown }[] = [
  { what: 'of a type that does not exist', representation: { __typename: 'Coupon', id: '1' } },
  { what: 'of a type that is no entity', representation: { __typename: 'PageInfo', id: '1' } },
  { what: 'of a type named like a prototype', representation: { __typename: '__proto__', id: '1' } },
  { what: 'of no type', representation: { id: '541854' } },
  { what: 'of a type that is a list', representation: { __typename: ['UploadJob'], id: '1' } },
  { what: 'without an id', representation: { __typename: 'UploadJob' } },
  { what: 'with null for an id', representation: { __typename: 'CouponSeries', id: null } },
  { what: 'with an object for an id', representation: { __typename: 'CouponSeries', id: { id: '541854' } } },
  {
    what: 'with a list for an id',
    representation: { __typename: 'UploadJob', id: ['COUPON_BATCH:541854:1'] },
  },
  {
    what: 'a series beyond 63 bits',
    representation: { __typename: 'CouponSeries', id: '9223372036854775808' },
  },
  {
    what: 'a series by a number that JavaScript does not keep',
    representation: { __typename: 'CouponSeries', id: 2 ** 53 },
  },
  { what: 'a job by a number', representation: { __typename: 'UploadJob', id: 222696 } },
  { what: 'a text', representation: 'UploadJob' },
  { what: 'a list', representation: [] },
];

test.each(malformed)(
  'a representation that is $what is null for itself alone, as a fault of its sender',
  async (row) => {
    await using started = await startGateway();
    const representations = [row.representation, { __typename: 'CouponSeries', id: '541854' }];
    const { data, errors } = await ask(started.url, entities, { variables: { representations } });
    expect(data._entities).toMatchObject([null, { id: '541854', uploadJobs: { totalCount: 0 } }]);
    expect(errors).toMatchObject([{ path: ['_entities', 0], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(started.log.filter((line) => line.includes('unexpected error'))).toEqual([]);
  },
);

test('a series may be named by its number, as an argument of type ID may', async () => {
  await using started = await startGateway();
  const representations = [{ __typename: 'CouponSeries', id: 541854 }];
  const { data, errors } = await ask(started.url, entities, { variables: { representations } });
  expect(errors).toBeUndefined();
  expect(data._entities).toEqual([
    { __typename: 'CouponSeries', id: '541854', uploadJobs: { totalCount: 0 } },
  ]);
});

test('more than a hundred malformed representations are one error, and nothing is looked up', async () => {
  await using started = await startGateway();
  const representations = [...Array(101).fill(0), { __typename: 'UploadJob', id: 'COUPON_BATCH:541854:1' }];
  const answer = await ask(started.url, entities, { variables: { representations } });
  expect(answer).toMatchObject({ data: null, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  expect(started.sandbox.requests).toEqual([]);
});

test('a hundred jobs of one series that a router asks for cost one upstream call', async () => {
  await using started = await startGateway();
  const made = [];
  for (let count = 0; count < 3; count += 1) made.push(await addJob(started.sandbox));
  const unknown = Array.from({ length: 97 }, (_, index) => `COUPON_BATCH:541854:${index + 1}`);
  const before = started.sandbox.requests.length;
  const representations = [...made.map(({ id }) => id), ...unknown].map((id) => ({
    __typename: 'UploadJob',
    id,
  }));
  const { data, errors } = await ask(started.url, entities, { variables: { representations } });
  expect(errors).toBeUndefined();
  expect(data._entities).toEqual([
    ...made.map(({ id }) => expect.objectContaining({ id })),
    ...unknown.map(() => null),
  ]);
  expect(started.sandbox.requests.length - before).toBe(1);
});
