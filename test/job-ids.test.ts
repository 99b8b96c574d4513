import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from './support/graphql-client.ts';
import { makeJob, oneJob, pageOfJobs } from './support/job-queries.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

describe('An id that cannot be one', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test.each([
    '',
    'job',
    '222696',
    'COUPON_BATCH',
    'COUPON_BATCH:541854',
    'COUPON_BATCH:541854:',
    'COUPON_BATCH:541854:222696:1',
    'coupon_batch:541854:222696',
    'REDEEMED:541854:222696',
    'COUPON_BATCH:0:222696',
    'COUPON_BATCH:541854:0222696',
    'COUPON_BATCH:541854:-1',
    'COUPON_BATCH:541854:2.5',
    'COUPON_BATCH:541854:12345678901234567890',
    'COUPON_BATCH:541854:9223372036854775808',
    'COUPON_BATCH:9223372036854775808:222696',
    ' COUPON_BATCH:541854:222696',
    'COUPON_BATCH:541854:222696\n',
    'COUPON_BATCH:../../v1:222696',
    `COUPON_BATCH:${'5'.repeat(100_000)}:222696`,
  ])('is malformed as a job id, and upstream is not asked: %j', async (id) => {
    const { data, errors } = await ask(gateway.url, oneJob, { variables: { id } });
    expect(data).toEqual({ uploadJob: null });
    expect(errors).toMatchObject([{ path: ['uploadJob'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors?.[0]?.message).toContain('COUPON_BATCH:541854:222696');
    expect(errors?.[0]?.message.length).toBeLessThan(200);
    expect(gateway.sandbox.requests).toHaveLength(0);
  });

  test.each([
    '',
    'spring',
    '0',
    '-5',
    '0541854',
    '5418.54',
    '541854/../1',
    '12345678901234567890',
    '9223372036854775808',
  ])('is malformed as a series id, and upstream is not asked: %j', async (id) => {
    const { data, errors } = await ask(gateway.url, pageOfJobs, { variables: { id } });
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ path: ['couponSeries'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(gateway.sandbox.requests).toHaveLength(0);
  });
});

test('The largest ids that upstream can have are ids', async () => {
  await using started = await startGateway();
  const largest = '9223372036854775807';
  const variables = { id: `COUPON_BATCH:${largest}:${largest}` };
  expect(await ask(started.url, oneJob, { variables })).toMatchObject({ data: { uploadJob: null } });
  const series = await ask(started.url, pageOfJobs, { variables: { id: largest } });
  expect(series.errors).toBeUndefined();
});

describe('A job that is not there', () => {
  test.each([
    { name: 'a number that the series does not have', id: 'COUPON_BATCH:541854:1' },
    { name: 'a series that does not exist', id: 'COUPON_BATCH:404404:222696' },
    { name: 'a series that does not exist, of the other kind', id: 'REDEEMED_COUPONS:404404:222696' },
    { name: 'the other kind', id: 'REDEEMED_COUPONS:541854:222696' },
    { name: 'another series', id: 'COUPON_BATCH:541855:222696' },
  ])('is null and no error: $name', async ({ id }) => {
    await using started = await startGateway();
    expect(await makeJob(started)).toBe('COUPON_BATCH:541854:222696');
    expect(await ask(started.url, oneJob, { variables: { id } })).toEqual({
      status: 200,
      data: { uploadJob: null },
    });
  });

  test('because its whole series is unknown leaves its list with an error that says so', async () => {
    await using started = await startGateway();
    const { data, errors } = await ask(started.url, pageOfJobs, { variables: { id: '404404' } });
    expect(data).toBeNull();
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('invalid coupon_series_id'),
        path: ['couponSeries', 'uploadJobs'],
        extensions: { code: 'BAD_USER_INPUT', upstreamStatus: 404, requestId: expect.any(String) },
      },
    ]);
  });
});
