import { expect, test } from 'vitest';
import { ask, upload } from './support/graphql-client.ts';
import { startGateway } from './support/start-gateway.ts';

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

test('a hundred jobs of one series that a router asks for cost one upstream call', async () => {
  await using started = await startGateway();
  const made = await upload(started.url);
  const { id } = made.data.uploadCouponBatch.jobs[0];
  const before = started.sandbox.requests.length;
  const representations = Array.from({ length: 100 }, () => ({ __typename: 'UploadJob', id }));
  const { data } = await ask(started.url, entities, { variables: { representations } });
  expect(data._entities).toHaveLength(100);
  expect(data._entities.every((job: { id: string }) => job.id === id)).toBe(true);
  expect(started.sandbox.requests.length - before).toBe(1);
});
