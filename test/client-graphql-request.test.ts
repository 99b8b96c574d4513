import { GraphQLClient } from 'graphql-request';
import { expect, test } from 'vitest';
import { FindJobDocument, UploadCouponsDocument } from '../examples/clients/generated/graphql.ts';
import { token } from './support/graphql-client.ts';
import { startGateway } from './support/start-gateway.ts';
import { byMobile, good } from './support/upload-scenarios.ts';

const clientOf = (url: string) => new GraphQLClient(url, { headers: { 'x-cap-api-oauth-token': token } });

test('graphql-request tells an error with its code', async () => {
  await using gateway = await startGateway();
  const asked = clientOf(gateway.url).request(FindJobDocument, { id: '222696' });
  await expect(asked).rejects.toMatchObject({
    response: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
  });
});

test('graphql-request sends {} for a file, and is told that it is missing', async () => {
  await using gateway = await startGateway();
  const asked = clientOf(gateway.url).request(UploadCouponsDocument, { file: good, input: byMobile });
  await expect(asked).rejects.toMatchObject({
    response: { errors: [{ extensions: { code: 'FILE_MISSING' } }] },
  });
  expect(gateway.sandbox.requests).toEqual([]);
});

test('graphql-request runs a query', async () => {
  await using gateway = await startGateway();
  const asked = clientOf(gateway.url).request(FindJobDocument, { id: 'COUPON_BATCH:541854:1' });
  expect(await asked).toEqual({ uploadJob: null });
});
