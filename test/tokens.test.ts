import { pino } from 'pino';
import { request } from 'undici';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { createGateway } from '../src/gateway.ts';
import type { Fault } from '../src/sandbox/faults/fault.ts';
import { couponFile } from './support/coupon-file.ts';
import { eventually } from './support/eventually.ts';
import { ask, type GraphQLAnswer, upload } from './support/graphql-client.ts';
import { startGateway, type TestGateway, type TestGatewayOptions } from './support/start-gateway.ts';
import { startStubServer } from './support/stub-server.ts';

const listJobs = '{ couponSeries(id: "541854") { uploadJobs(kind: COUPON_BATCH) { totalCount } } }';
const none = { 'x-cap-api-oauth-token': '' };
const key = 'sandbox-key';
const secret = 'sandbox-secret';
const ownMode = { env: { CAPILLARY_CLIENT_KEY: key, CAPILLARY_CLIENT_SECRET: secret } };

const callsTo = ({ sandbox }: TestGateway, call: string) =>
  sandbox.requests.filter((logged) => logged.call === call);

function expectCode({ errors, data }: GraphQLAnswer, code: string, extensions: object = {}) {
  expect(data ?? null).toBeNull();
  expect(errors).toMatchObject([{ extensions: { code, ...extensions } }]);
}

/** A token as the token call gives it to a caller who has a key of his own. */
async function issueToken({ sandbox }: TestGateway): Promise<string> {
  const { body } = await request(`${sandbox.url}/v3/oauth/token/generate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key, secret }),
  });
  const { data } = (await body.json()) as { data: { accessToken: string } };
  return data.accessToken;
}

describe('A caller without a token', () => {
  test.each<{ name: string; headers: Record<string, string> }>([
    { name: 'an empty header', headers: none },
    { name: 'a header of spaces', headers: { 'x-cap-api-oauth-token': '   ' } },
    { name: 'another scheme', headers: { ...none, authorization: 'Basic c2FuZGJveC10b2tlbg==' } },
    { name: 'a scheme alone', headers: { ...none, authorization: 'Bearer ' } },
    { name: 'two tokens in one', headers: { ...none, authorization: 'Bearer sandbox-token other' } },
  ])('($name) is told how to send one, before upstream is asked', async ({ headers }) => {
    await using started = await startGateway();
    for (const answer of [
      await ask(started.url, listJobs, { headers }),
      await upload(started.url, { headers }),
    ]) {
      expectCode(answer, 'UNAUTHENTICATED');
      expect(answer.errors?.[0]?.message).toContain('x-cap-api-oauth-token');
    }
    expect(started.sandbox.requests).toHaveLength(0);
  });

  test('is told so while a large file is still on its way', async () => {
    await using started = await startGateway();
    const file = couponFile(16 * 1024 * 1024);
    expectCode(await upload(started.url, { file, headers: none }), 'UNAUTHENTICATED');
  });

  test('may read what needs none', async () => {
    await using started = await startGateway();
    const { data } = await ask(started.url, '{ couponSeries(id: "541854") { id } }', { headers: none });
    expect(data).toEqual({ couponSeries: { id: '541854' } });
  });
});

describe('A token that upstream does not take', () => {
  test.each([
    { name: 'of letters that no token has', token: 't\u00f6ken' },
    { name: 'that is two words', token: 'sandbox token' },
  ])('$name is refused without a call', async ({ token }) => {
    await using started = await startGateway();
    const headers = { 'x-cap-api-oauth-token': token };
    expectCode(await ask(started.url, listJobs, { headers }), 'UNAUTHENTICATED');
    expectCode(await upload(started.url, { headers }), 'UNAUTHENTICATED');
    expect(started.sandbox.requests).toHaveLength(0);
  });

  test('because nobody issued it is refused after one call', async () => {
    await using started = await startGateway();
    const headers = { 'x-cap-api-oauth-token': 'made-up' };
    const refused = { upstreamStatus: 401, upstreamCode: '401', requestId: expect.any(String) };
    expectCode(await ask(started.url, listJobs, { headers }), 'UNAUTHENTICATED', refused);
    expectCode(await upload(started.url, { headers }), 'UNAUTHENTICATED', refused);
    expect(started.sandbox.requests.map(({ call }) => call)).toEqual(['getUploadStatus', 'uploadFile']);
  });

  test('any longer is refused after one call, and never renewed: it is not ours', async () => {
    await using started = await startGateway();
    const headers = { 'x-cap-api-oauth-token': await issueToken(started) };
    expect((await ask(started.url, listJobs, { headers })).errors).toBeUndefined();
    started.sandbox.tokens.expireAll();
    const expired = { upstreamStatus: 498, upstreamCode: '498' };
    expectCode(await ask(started.url, listJobs, { headers }), 'UNAUTHENTICATED', expired);
    expectCode(await upload(started.url, { headers }), 'UNAUTHENTICATED', expired);
    expect(callsTo(started, 'getUploadStatus')).toHaveLength(2);
    expect(callsTo(started, 'uploadFile')).toHaveLength(1);
    expect(callsTo(started, 'token')).toHaveLength(1);
  });

  test('for uploads may still read', async () => {
    const tokens = { reader: { orgId: 100458, readOnly: true } };
    await using started = await startGateway({ sandbox: { tokens } });
    const headers = { 'x-cap-api-oauth-token': 'reader' };
    expect((await ask(started.url, listJobs, { headers })).errors).toBeUndefined();
    expectCode(await upload(started.url, { headers }), 'FORBIDDEN', { upstreamStatus: 403 });
  });
});

describe('A token is passed on as it is', () => {
  const tokens = { 'sandbox-token': { orgId: 100458 }, 'a.b-c_d~e+f/g==': { orgId: 7 } };

  test.each<{ name: string; headers: Record<string, string>; token: string }>([
    {
      name: 'its own header',
      headers: { 'x-cap-api-oauth-token': 'a.b-c_d~e+f/g==' },
      token: 'a.b-c_d~e+f/g==',
    },
    {
      name: 'Bearer',
      headers: { ...none, authorization: 'Bearer a.b-c_d~e+f/g==' },
      token: 'a.b-c_d~e+f/g==',
    },
    { name: 'bearer', headers: { ...none, authorization: 'bearer sandbox-token' }, token: 'sandbox-token' },
    {
      name: 'both, where its own header counts',
      headers: { 'x-cap-api-oauth-token': 'sandbox-token', authorization: 'Bearer made-up' },
      token: 'sandbox-token',
    },
    {
      name: 'its own header, beside a password of a proxy',
      headers: { 'x-cap-api-oauth-token': 'sandbox-token', authorization: 'Basic dTpw' },
      token: 'sandbox-token',
    },
  ])('from $name', async ({ headers, token }) => {
    await using started = await startGateway({ sandbox: { tokens } });
    expect((await ask(started.url, listJobs, { headers })).errors).toBeUndefined();
    const { data } = await upload(started.url, { headers });
    expect(data.uploadCouponBatch.__typename).toBe('UploadAccepted');
    expect(started.sandbox.requests.map((logged) => logged.token)).toEqual([token, token]);
  });
});

describe("With a key of the gateway's own", () => {
  test.each([
    { name: 'key', env: { ...ownMode.env, CAPILLARY_CLIENT_KEY: 'wrong-key' } },
    { name: 'secret', env: { ...ownMode.env, CAPILLARY_CLIENT_SECRET: 'wrong-secret' } },
  ])('a wrong $name is told as what it is, in reads and uploads', async ({ env }) => {
    await using started = await startGateway({ env });
    for (const answer of [await ask(started.url, listJobs), await upload(started.url)]) {
      expectCode(answer, 'UNAUTHENTICATED', { upstreamCode: '320001' });
      expect(answer.errors?.[0]?.message).toContain('client key or secret is wrong');
    }
    expect(callsTo(started, 'uploadFile')).toHaveLength(0);
  });

  test('a token endpoint that is down is no fault of the caller', async () => {
    await using started = await startGateway(ownMode);
    started.sandbox.faults.set({ call: 'token', fault: { kind: 'status', status: 500 } });
    expectCode(await ask(started.url, listJobs), 'UPSTREAM_UNAVAILABLE');
    expectCode(await upload(started.url), 'UPSTREAM_UNAVAILABLE');
    expect(callsTo(started, 'uploadFile')).toHaveLength(0);
    started.sandbox.faults.clear();
    expect((await ask(started.url, listJobs)).errors).toBeUndefined();
  });

  test('a token endpoint that hangs is given up in time', async () => {
    await using started = await startGateway({ env: { ...ownMode.env, UPSTREAM_TIMEOUT_MS: '200' } });
    started.sandbox.faults.set({ call: 'token', fault: { kind: 'hang', at: 'before' } });
    expectCode(await ask(started.url, listJobs), 'UPSTREAM_TIMEOUT');
    expectCode(await upload(started.url), 'UPSTREAM_TIMEOUT');
    expect(callsTo(started, 'uploadFile')).toHaveLength(0);
  });

  test('no caller needs a token, and one that is sent goes nowhere', async () => {
    await using started = await startGateway(ownMode);
    const headers = { 'x-cap-api-oauth-token': 'of-the-caller' };
    expect((await ask(started.url, listJobs, { headers: none })).errors).toBeUndefined();
    expect((await ask(started.url, listJobs, { headers })).errors).toBeUndefined();
    expect((await upload(started.url, { headers })).data.uploadCouponBatch.__typename).toBe('UploadAccepted');
    expect(started.sandbox.requests.map(({ token }) => token)).not.toContain('of-the-caller');
  });

  test('one token is fetched for all who come at the same time, and kept', async () => {
    await using started = await startGateway(ownMode);
    started.sandbox.faults.set({ call: 'token', fault: { kind: 'latency', ms: 100 } });
    const series = Array.from(
      { length: 12 },
      (_, index) => `{ couponSeries(id: "${index + 1}") { uploadJobs { totalCount } } }`,
    );
    const answers = await Promise.all([
      ...series.map((query) => ask(started.url, query)),
      upload(started.url),
    ]);
    for (const { errors } of answers) expect(errors).toBeUndefined();
    await upload(started.url);
    expect(callsTo(started, 'token')).toHaveLength(1);
  });

  test.each([
    { name: 'expired', end: ({ sandbox }: TestGateway) => sandbox.tokens.expireAll() },
    { name: 'revoked', end: ({ sandbox }: TestGateway) => sandbox.tokens.revokeAll() },
  ])('a token that upstream has $name is renewed once for reads and for uploads', async ({ end }) => {
    await using started = await startGateway(ownMode);
    await ask(started.url, listJobs);
    end(started);
    const reads = await Promise.all(Array.from({ length: 5 }, () => ask(started.url, listJobs)));
    for (const { errors } of reads) expect(errors).toBeUndefined();
    expect(callsTo(started, 'token')).toHaveLength(2);
    end(started);
    const { data } = await upload(started.url, { file: couponFile(4 * 1024 * 1024) });
    expect(data.uploadCouponBatch.__typename).toBe('UploadAccepted');
    expect(callsTo(started, 'token')).toHaveLength(3);
    expect(callsTo(started, 'uploadFile')).toMatchObject([{ status: 200 }]);
  });

  test('a refusal that hits once is healed by a new token', async () => {
    await using started = await startGateway(ownMode);
    const fault: Fault = { kind: 'status', status: 498 };
    started.sandbox.faults.set({ call: 'getUploadStatus', fault, times: 1 });
    expect((await ask(started.url, listJobs)).errors).toBeUndefined();
    expect(callsTo(started, 'token')).toHaveLength(2);
  });

  test('a refusal that stays is told after one renewal', async () => {
    await using started = await startGateway(ownMode);
    started.sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'status', status: 401 } });
    expectCode(await ask(started.url, listJobs), 'UNAUTHENTICATED', { upstreamStatus: 401 });
    expect(callsTo(started, 'token')).toHaveLength(2);
    expect(callsTo(started, 'getUploadStatus')).toHaveLength(2);
  });

  test('an upload refused in spite of a good token is not sent twice', async () => {
    await using started = await startGateway(ownMode);
    started.sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'status', status: 401, when: 'early' } });
    const answer = await upload(started.url, { file: couponFile(16 * 1024 * 1024) });
    expectCode(answer, 'UNAUTHENTICATED', { upstreamStatus: 401 });
    expect(callsTo(started, 'uploadFile')).toHaveLength(1);
  });

  test('a token is renewed before its end', async () => {
    const clients = [{ key, secret, orgId: 100458, ttlSeconds: 1 }];
    await using started = await startGateway({ ...ownMode, sandbox: { clients } });
    await eventually(async () => {
      expect((await ask(started.url, listJobs)).errors).toBeUndefined();
      expect(callsTo(started, 'token')).toHaveLength(2);
    });
    expect(callsTo(started, 'getUploadStatus').filter(({ status }) => status !== 200)).toEqual([]);
  });

  test('tokens come from the host that is set for them', async () => {
    await using tokenHost = await startStubServer(() => ({
      body: { data: { accessToken: 'sandbox-token', ttlSeconds: 300 }, errors: null },
    }));
    await using started = await startGateway({ env: { ...ownMode.env, TOKEN_API_URL: `${tokenHost.url}/` } });
    expect((await ask(started.url, listJobs)).errors).toBeUndefined();
    const [{ path, body } = { path: '', body: '' }] = tokenHost.requests;
    expect(path).toBe('/v3/oauth/token/generate');
    expect(JSON.parse(body)).toEqual({ key, secret });
    expect(callsTo(started, 'token')).toHaveLength(0);
  });

  test('the embedded sandbox knows that key', async () => {
    const config = parseConfig({ PORT: '0', CAPILLARY_CLIENT_KEY: 'mine', CAPILLARY_CLIENT_SECRET: 'hush' });
    const gateway = await createGateway(config, pino({ level: 'silent' }));
    try {
      const { data } = await upload(gateway.url, { headers: none });
      expect(data.uploadCouponBatch.__typename).toBe('UploadAccepted');
    } finally {
      await gateway.close(0);
    }
  });
});

describe('No secret leaves', () => {
  const token = 'opaque-secret-of-a-caller';
  const modes: { name: string; options: TestGatewayOptions; secrets: string[] }[] = [
    {
      name: 'passing tokens on',
      options: { sandbox: { tokens: { [token]: { orgId: 1 } } } },
      secrets: [token],
    },
    { name: 'with a key of its own', options: ownMode, secrets: [token, key, secret] },
  ];

  test.each(modes)('a gateway $name, whatever upstream does', async ({ options, secrets }) => {
    await using started = await startGateway({
      ...options,
      env: { ...options.env, LOG_LEVEL: 'trace', UPSTREAM_TIMEOUT_MS: '200' },
    });
    const { sandbox, url } = started;
    const headers = { 'x-cap-api-oauth-token': token };
    const answers: unknown[] = [];
    // Each call tells back what it was given, and all that was given before.
    const echo = (status: number, given: readonly string[]): Fault => {
      const told = [...given, ...sandbox.requests.flatMap((logged) => logged.token ?? [])].join(' ');
      return {
        kind: 'answer',
        status,
        body: JSON.stringify({ success: false, status, message: `Not ${told}.` }),
      };
    };
    const everything = async () => {
      answers.push(await ask(url, listJobs, { headers }), await upload(url, { headers }));
    };
    await everything();
    for (const status of [200, 401, 500]) {
      sandbox.faults.set({ call: 'token', fault: echo(status, [key, secret]), times: 1 });
      for (const call of ['getUploadStatus', 'uploadFile'] as const) {
        sandbox.faults.set({ call, fault: echo(status, []), times: 1 });
      }
      sandbox.tokens.revokeAll();
      await everything();
      await everything();
    }
    sandbox.faults.clear();
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'reset', at: 'after', job: true } });
    await everything();
    const metrics = await request(new URL('/metrics', url));
    const told = JSON.stringify(answers) + started.log.join('') + (await metrics.body.text());
    const sent = sandbox.requests.flatMap((logged) => logged.token ?? []);
    expect(sent.length).toBeGreaterThan(6);
    for (const one of new Set([...secrets, ...sent])) expect(told).not.toContain(one);
    expect(told).toContain('Not ');
  });
});
