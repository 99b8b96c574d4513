import { expect, test } from 'vitest';
import { mobileInput, upload } from './support/graphql-client.ts';
import { startGateway } from './support/start-gateway.ts';

test.each([
  { option: 'idempotencyKey', value: 'monday-import-1' },
  { option: 'dryRun', value: true },
  { option: 'maxRowsPerJob', value: 500_000 },
  { option: 'rowProblems', value: 'REJECT' },
])('The option $option, which nothing would come of yet, is refused before the upload', async (given) => {
  await using started = await startGateway();
  const options = { [given.option]: given.value };
  const { data } = await upload(started.url, { input: { ...mobileInput, options } });
  expect(data.uploadCouponBatch).toMatchObject({
    __typename: 'InvalidInputError',
    field: `input.options.${given.option}`,
    message: expect.stringContaining('not have this option yet'),
  });
  expect(started.sandbox.requests).toHaveLength(0);
});

test.each([
  { name: 'none', options: null },
  { name: 'an empty object', options: {} },
  {
    name: 'the defaults',
    options: { idempotencyKey: null, dryRun: false, maxRowsPerJob: null, rowProblems: 'REPORT' },
  },
])('As options, $name lets the upload through', async ({ options }) => {
  await using started = await startGateway();
  const { data } = await upload(started.url, { input: { ...mobileInput, options } });
  expect(data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted', replayed: false });
});
