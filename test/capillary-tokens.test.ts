import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { CapillaryError } from '../src/capillary/capillary-error.ts';
import { createDispatcher } from '../src/capillary/create-dispatcher.ts';
import { createOwnCredential } from '../src/capillary/own-credential.ts';
import { passThroughCredential } from '../src/capillary/pass-through-credential.ts';
import { withToken } from '../src/capillary/with-token.ts';
import { deferred } from '../src/flow/deferred.ts';
import { type StubAnswer, type StubServer, startStubServer } from './support/stub-server.ts';

const dispatcher = createDispatcher();
afterAll(() => dispatcher.close());

const { signal } = new AbortController();
const wrongKey = { data: null, errors: [{ code: 320001, message: 'Invalid client key and secret' }] };

function issue(accessToken: string, ttlSeconds: unknown = 300): StubAnswer {
  return { body: { data: { accessToken, ttlSeconds }, errors: null } };
}

function credentialOf({ url }: Pick<StubServer, 'url'>, now?: () => number) {
  const retry = { delay: async () => undefined };
  const options = { key: 'the-key', secret: 'the-secret', tokenApiUrl: url, dispatcher, retry };
  return createOwnCredential({ ...options, timeoutMs: 5000, now });
}

async function failureOf(promise: Promise<unknown>): Promise<CapillaryError> {
  const error = await promise.then(
    () => new Error('It did not fail.'),
    (reason: unknown) => reason,
  );
  if (error instanceof CapillaryError) return error;
  throw error;
}

/** An upstream that refuses the tokens given, and how often it was called. */
function refusing(...refused: readonly string[]) {
  const calls: string[] = [];
  return {
    calls,
    call: async (token: string) => {
      calls.push(token);
      if (refused.includes(token)) throw new CapillaryError('UNAUTHENTICATED', 'Token expired', {});
      return token;
    },
  };
}

describe("The gateway's own token", () => {
  test.each([
    { name: 'wrong key or secret', status: 200, body: wrongKey, code: 'UNAUTHENTICATED', calls: 1 },
    { name: 'wrong key or secret as 401', status: 401, body: wrongKey, code: 'UNAUTHENTICATED', calls: 1 },
    {
      name: 'a refusal as 400',
      status: 400,
      body: { success: false, status: 400, message: 'key the-key, secret the-secret' },
      code: 'UNAUTHENTICATED',
      calls: 1,
    },
    { name: 'no such page', status: 404, body: '<html>', code: 'UPSTREAM_INVALID_RESPONSE', calls: 1 },
    { name: 'a redirect', status: 307, body: '', code: 'UPSTREAM_INVALID_RESPONSE', calls: 1 },
    { name: 'no token', status: 200, body: { data: {} }, code: 'UPSTREAM_INVALID_RESPONSE', calls: 1 },
    {
      name: 'a token that is no token',
      status: 200,
      body: issue('two words').body,
      code: 'UPSTREAM_INVALID_RESPONSE',
      calls: 1,
    },
    { name: 'an outage', status: 503, body: '<html>', code: 'UPSTREAM_UNAVAILABLE', calls: 4 },
    { name: 'a server error', status: 500, body: {}, code: 'UPSTREAM_UNAVAILABLE', calls: 1 },
    { name: 'a rate limit', status: 429, body: '', code: 'RATE_LIMITED', calls: 4 },
  ])('fails as $code on $name, without a secret in the error', async ({ status, body, code, calls }) => {
    await using server = await startStubServer(() => ({ status, body, headers: { location: '/elsewhere' } }));
    const error = await failureOf(credentialOf(server).token(signal));
    expect(error.code).toBe(code);
    expect(server.requests).toHaveLength(calls);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/the-key|the-secret/);
  });

  test('says whose fault a wrong key is', async () => {
    await using server = await startStubServer(() => ({ body: wrongKey }));
    expect(await failureOf(credentialOf(server).token(signal))).toMatchObject({
      message: 'The gateway could not get an access token: its client key or secret is wrong (code 320001).',
      upstreamCode: '320001',
      upstreamMessage: 'Invalid client key and secret',
      explicit: true,
    });
  });

  test('fails as UPSTREAM_UNAVAILABLE where nobody listens', async () => {
    const server = await startStubServer(() => undefined);
    await server[Symbol.asyncDispose]();
    const error = await failureOf(credentialOf(server).token(signal));
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', httpStatus: undefined, explicit: false });
  });

  test('is asked for again after a failure', async () => {
    await using server = await startStubServer((_, number) =>
      number === 1 ? { body: wrongKey } : issue('token-2'),
    );
    const credential = credentialOf(server);
    await failureOf(credential.token(signal));
    expect(await credential.token(signal)).toBe('token-2');
  });

  test('is asked for as documented', async () => {
    await using server = await startStubServer(() => issue('token-1'));
    expect(await credentialOf(server).token(signal)).toBe('token-1');
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/v3/oauth/token/generate',
        headers: { 'content-type': 'application/json' },
        body: '{"key":"the-key","secret":"the-secret"}',
      },
    ]);
  });

  test('is fetched once for 50 callers, and once more for the 50 whom upstream refuses', async () => {
    await using server = await startStubServer((_, number) => issue(`token-${number}`));
    const credential = credentialOf(server);
    const upstream = refusing('token-1');
    const all = Array.from({ length: 50 }, () =>
      withToken(credential, { signal: new AbortController().signal }, upstream.call),
    );
    expect(new Set(await Promise.all(all))).toEqual(new Set(['token-2']));
    expect(upstream.calls).toHaveLength(100);
    expect(server.requests).toHaveLength(2);
  });

  test('is not renewed for a token that is no longer the current one', async () => {
    await using server = await startStubServer((_, number) => issue(`token-${number}`));
    const credential = credentialOf(server);
    await credential.token(signal);
    expect(await credential.renew('token-1', signal)).toBe('token-2');
    expect(await credential.renew('token-1', signal)).toBe('token-2');
    expect(server.requests).toHaveLength(2);
  });

  test('is renewed once and no more when upstream refuses every token', async () => {
    await using server = await startStubServer((_, number) => issue(`token-${number}`));
    const upstream = refusing('token-1', 'token-2', 'token-3');
    const error = await failureOf(withToken(credentialOf(server), { signal }, upstream.call));
    expect(error.code).toBe('UNAUTHENTICATED');
    expect(upstream.calls).toEqual(['token-1', 'token-2']);
    expect(server.requests).toHaveLength(2);
  });

  test('is not tried again when the endpoint hands the refused one out again', async () => {
    await using server = await startStubServer(() => issue('token-1'));
    const upstream = refusing('token-1');
    await failureOf(withToken(credentialOf(server), { signal }, upstream.call));
    expect(upstream.calls).toEqual(['token-1']);
    expect(server.requests).toHaveLength(2);
  });

  test.each([
    { ttlSeconds: 3600, lastMs: 3_569_999, name: '30 s before the end of an hour' },
    { ttlSeconds: 300, lastMs: 269_999, name: '30 s before the end of five minutes' },
    { ttlSeconds: '60', lastMs: 53_999, name: '6 s before the end of a minute that is a text' },
    { ttlSeconds: 1, lastMs: 899, name: '100 ms before the end of a second' },
  ])('is renewed $name', async ({ ttlSeconds, lastMs }) => {
    let nowMs = 5_000_000;
    await using server = await startStubServer((_, number) => issue(`token-${number}`, ttlSeconds));
    const credential = credentialOf(server, () => nowMs);
    await credential.token(signal);
    nowMs += lastMs;
    expect(await credential.token(signal)).toBe('token-1');
    nowMs += 1;
    expect(await credential.token(signal)).toBe('token-2');
  });

  test.each([undefined, null, 'soon', -1, 0])(
    'is used and not kept with a life of %j',
    async (ttlSeconds) => {
      await using server = await startStubServer((_, number) => ({
        body: { data: { accessToken: `token-${number}`, ttlSeconds } },
      }));
      const credential = credentialOf(server);
      expect(await credential.token(signal)).toBe('token-1');
      expect(await credential.token(signal)).toBe('token-2');
    },
  );

  test('stays on its way for the others when one of its callers leaves', async () => {
    const arrived = deferred();
    const released = deferred();
    await using server = await startStubServer(async () => {
      arrived.resolve();
      await released.promise;
      return issue('token-1');
    });
    const credential = credentialOf(server);
    const leaver = new AbortController();
    const [left, stayed] = [credential.token(leaver.signal), credential.token(signal)];
    await arrived.promise;
    const reason = new Error('gone');
    leaver.abort(reason);
    await expect(left).rejects.toBe(reason);
    released.resolve();
    expect(await stayed).toBe('token-1');
    expect(server.requests).toHaveLength(1);
    expect(getEventListeners(leaver.signal, 'abort')).toHaveLength(0);
  });

  test('is no longer fetched when nobody waits for it', async () => {
    const arrived = deferred();
    const cut = deferred();
    await using server = await startStubServer((_, __, response) => {
      response.once('close', cut.resolve);
      arrived.resolve();
      return undefined;
    });
    const leaver = new AbortController();
    const left = credentialOf(server).token(leaver.signal);
    await arrived.promise;
    leaver.abort();
    await expect(left).rejects.toBe(leaver.signal.reason);
    await cut.promise;
    expect(server.requests).toHaveLength(1);
  });
});

describe("A caller's token", () => {
  test.each(['', 'two words', 'line\r\nbreak', 'ünicode', 'x'.repeat(20_000)])(
    'that cannot be one is UNAUTHENTICATED (case %#)',
    async (token) => {
      const error = await failureOf(passThroughCredential(token).token(signal));
      expect(error.code).toBe('UNAUTHENTICATED');
      expect(error.message).toBe(
        'The access token is empty or contains spaces or other characters that no token has. In x-cap-api-oauth-token, send it without "Bearer".',
      );
    },
  );

  test('is not renewed, and the call not made again, when it is refused', async () => {
    const upstream = refusing('mine');
    await failureOf(withToken(passThroughCredential('mine'), { signal }, upstream.call));
    expect(upstream.calls).toEqual(['mine']);
  });

  test('rejects with the reason of an aborted signal', async () => {
    const reason = new Error('gone');
    await expect(passThroughCredential('mine').token(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

test('Credentials have equal ids only for equal secrets, and never show one', () => {
  const options = { key: 'k', secret: 's', tokenApiUrl: 'https://a', dispatcher, timeoutMs: 1 };
  const ids = [
    passThroughCredential('a'),
    passThroughCredential('b'),
    createOwnCredential(options),
    createOwnCredential({ ...options, secret: 't' }),
    createOwnCredential({ ...options, tokenApiUrl: 'https://b' }),
  ].map(({ id }) => id);
  expect(new Set(ids).size).toBe(5);
  expect(ids.every((id) => /^[0-9a-f]{64}$/.test(id))).toBe(true);
  expect(passThroughCredential('a').id).toBe(ids[0]);
  expect(createOwnCredential(options).id).toBe(ids[2]);
  expect(inspect(passThroughCredential('opaque-secret'), { depth: 10, showHidden: true })).not.toContain(
    'opaque-secret',
  );
});
