import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assertClean } from './support/assert-clean.ts';
import { eventually } from './support/eventually.ts';
import { ask, token, upload } from './support/graphql-client.ts';
import { csv, encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection, type RawConnection } from './support/raw-connection.ts';
import { exchange, postHead, postJson, readGraphQL } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { readMetric } from './support/subscription-clients.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway({ env: { MAX_UPLOADS: '2', CORS_ORIGINS: 'https://shop.example' } });
});
afterEach(async () => {
  await assertClean(gateway);
  await gateway[Symbol.asyncDispose]();
});

const form = encodeForm([operationsPart(), mapPart(), filePart()]);
const allButTheEnd = form.subarray(0, form.length - 20);

/** An upload that has everything but its end, and is under way upstream. */
async function begin(): Promise<RawConnection> {
  const connection = await openConnection(gateway.url);
  const before = gateway.sandbox.openRequests();
  await connection.write(postHead({ 'content-length': form.length }));
  await connection.write(allButTheEnd);
  await eventually(() => expect(gateway.sandbox.openRequests()).toBe(before + 1));
  return connection;
}

async function finish(connection: RawConnection) {
  await connection.write(form.subarray(allButTheEnd.length));
  return readGraphQL(await connection.answer());
}

const refused = { status: 429, code: 'RATE_LIMITED', data: undefined };
const accepted = { status: 200, data: { uploadCouponBatch: { __typename: 'UploadAccepted' } } };

describe('One upload too many', () => {
  test('is refused at once, when not a byte of its body has come', async () => {
    using first = await begin();
    using second = await begin();
    const startedAt = performance.now();
    const answer = await exchange(
      gateway.url,
      postHead({ 'content-length': 5 * 1024 ** 3, origin: 'https://shop.example' }),
    );
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(readGraphQL(answer)).toMatchObject({
      ...refused,
      errors: [{ extensions: { retryAfterSeconds: 5 } }],
    });
    expect(answer.headers).toMatchObject({
      'retry-after': '5',
      connection: 'close',
      'access-control-allow-origin': 'https://shop.example',
    });
    expect(gateway.sandbox.openRequests()).toBe(2);
    const metric = (name: string) => readMetric(gateway.url, `gateway_upload${name}`);
    expect(await metric('_places')).toBe(2);
    expect(await metric('_places_taken')).toBe(2);
    await eventually(async () => expect(await metric('s_refused_total{code="RATE_LIMITED"}')).toBe(1));
    expect(await finish(first)).toMatchObject(accepted);
    expect(await finish(second)).toMatchObject(accepted);
    await eventually(async () => expect(await metric('_places_taken')).toBe(0));
  });

  test('is refused in a way that a client which sends first can read', async () => {
    using _first = await begin();
    using _second = await begin();
    expect(await upload(gateway.url, { file: Buffer.alloc(2_000_000, 'a,b\n') })).toMatchObject({
      status: 429,
      errors: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
  });

  test('does not stand in the way of queries', async () => {
    using _first = await begin();
    using _second = await begin();
    expect(await ask(gateway.url, '{ couponSeries(id: "541854") { id } }')).toMatchObject({ status: 200 });
  });

  test('is not made by one that needs a CSRF header first', async () => {
    using _first = await begin();
    using _second = await begin();
    const head = postHead({ 'content-length': 100, 'graphql-require-preflight': null });
    expect(readGraphQL(await exchange(gateway.url, head))).toMatchObject({
      status: 403,
      code: 'CSRF_PREVENTED',
    });
  });
});

describe('With MAX_UPLOADS_PER_CREDENTIAL', () => {
  const places = { MAX_UPLOADS: '3', MAX_UPLOADS_PER_CREDENTIAL: '2' };
  const other = { 'x-cap-api-oauth-token': 'other-org' };

  test("one upload too many of one token is refused, and another's goes through", async () => {
    const tokens = { [token]: { orgId: 100458 }, 'other-org': { orgId: 7 } };
    await gateway[Symbol.asyncDispose]();
    gateway = await startGateway({ env: places, sandbox: { tokens } });
    using first = await begin();
    using _second = await begin();
    const answer = readGraphQL(await exchange(gateway.url, postHead({ 'content-length': 2 ** 30 })));
    expect(answer).toMatchObject(refused);
    expect(answer.message).toContain('2 uploads with this token are under way');
    expect(await upload(gateway.url, { headers: other })).toMatchObject(accepted);
    expect(await finish(first)).toMatchObject(accepted);
    expect(await upload(gateway.url)).toMatchObject(accepted);
  });

  test("the gateway's own token has all places, whatever its callers bring", async () => {
    await gateway[Symbol.asyncDispose]();
    gateway = await startGateway({
      env: { ...places, CAPILLARY_CLIENT_KEY: 'sandbox-key', CAPILLARY_CLIENT_SECRET: 'sandbox-secret' },
    });
    using _first = await begin();
    using _second = await begin();
    expect(await upload(gateway.url)).toMatchObject(accepted);
  });
});

describe('A place is free at once', () => {
  test.each([
    { name: 'after a success', variables: undefined, answer: accepted },
    {
      name: 'after an input that is refused',
      variables: { file: null, input: { couponSeriesId: 'x', customerIdentifier: 'MOBILE' } },
      answer: { status: 200 },
    },
    {
      name: 'after variables that are refused',
      variables: {},
      answer: { code: 'BAD_USER_INPUT' },
    },
  ])('$name', async ({ variables, answer }) => {
    using _first = await begin();
    const parts = encodeForm([operationsPart(variables), mapPart(), filePart(csv)]);
    for (let round = 0; round < 5; round += 1) {
      const bytes = Buffer.concat([Buffer.from(postHead({ 'content-length': parts.length })), parts]);
      expect(readGraphQL(await exchange(gateway.url, bytes))).toMatchObject(answer);
    }
  });

  test('after a form that is malformed, whose client goes on sending', async () => {
    using _first = await begin();
    const open: RawConnection[] = [];
    for (let round = 0; round < 5; round += 1) {
      const connection = await openConnection(gateway.url);
      open.push(connection);
      await connection.write(
        `${postHead({ 'content-length': 1_000_000 })}--x-GatewayTests-7d1f3b\r\nbroken\r\n\r\n`,
      );
      await connection.write(encodeForm([mapPart()]));
      expect(readGraphQL(await connection.answer())).toMatchObject({ status: 400 });
    }
    for (const connection of open) connection[Symbol.dispose]();
  });

  test('when its client goes away in the middle', async () => {
    using _first = await begin();
    for (let round = 0; round < 5; round += 1) {
      (await begin())[Symbol.dispose]();
      await eventually(() => expect(gateway.sandbox.openRequests()).toBe(1));
    }
    expect(await upload(gateway.url)).toMatchObject(accepted);
  });

  test('when its client is refused for its place, which it never had', async () => {
    const first = await begin();
    const second = await begin();
    for (let round = 0; round < 5; round += 1) {
      expect(readGraphQL(await exchange(gateway.url, postHead({ 'content-length': 9 })))).toMatchObject(
        refused,
      );
    }
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    await eventually(() => expect(gateway.sandbox.openRequests()).toBe(0));
    using third = await begin();
    using fourth = await begin();
    expect(await finish(third)).toMatchObject(accepted);
    expect(await finish(fourth)).toMatchObject(accepted);
  });
});

test('JSON requests take no place', async () => {
  const query = '{ __typename }';
  const answers = await Promise.all(Array.from({ length: 10 }, () => postJson(gateway.url, query)));
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
});
