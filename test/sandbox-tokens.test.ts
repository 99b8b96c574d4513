import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../src/sandbox/create-sandbox.ts';
import { call, get, paths, upload } from './support/sandbox-upload.ts';

let now = 1_700_000_000_000;
let sandbox: Sandbox;
beforeEach(async () => {
  now = 1_700_000_000_000;
  sandbox = await createSandbox({
    now: () => now,
    clients: [
      { key: 'one', secret: 's1', orgId: 1, ttlSeconds: 60 },
      { key: 'two', secret: 's2', orgId: 2 },
    ],
    tokens: { reader: { orgId: 1, readOnly: true }, writer: { orgId: 1 } },
  });
});
afterEach(() => sandbox.close());

function ask(body: string) {
  return call(sandbox, 'POST', paths.token, { 'content-type': 'application/json' }, body);
}

async function tokenOf(key: string, secret: string): Promise<string> {
  return (await ask(JSON.stringify({ key, secret }))).json.data.accessToken;
}

const unauthorized = { status: { code: 401, success: 'true', message: 'Unauthorized' } };

test('a wrong key or secret has the documented body', async () => {
  const answer = await ask('{"key":"one","secret":"s2"}');
  const wrong = { data: null, errors: [{ code: 320001, message: 'Invalid client key and secret' }] };
  expect(answer).toMatchObject({ status: 400, json: wrong });
});

test.each(['', '{', '[]', '{"key":1,"secret":"s1"}', 'x'.repeat(70_000)])(
  'a token request with body %.20s is refused',
  async (body) => {
    const answer = await ask(body);
    expect(answer.json).toMatchObject({ success: false, status: answer.status });
    expect(answer.status).toBe(body.length > 65_536 ? 413 : 400);
  },
);

test.each(['nope', '', 'toString'])('token "%s" is unauthorized', async (token) => {
  expect(await get(sandbox, paths.couponJobs, token)).toMatchObject({ status: 401, json: unauthorized });
});

test('an upload without a token is refused before its body, and makes no job', async () => {
  expect(await upload(sandbox, { token: undefined, file: 'h\na\n' })).toMatchObject({
    status: 401,
    json: unauthorized,
  });
  expect(sandbox.jobs.list()).toEqual([]);
});

test('a token ends with its lifetime: 498', async () => {
  const token = await tokenOf('one', 's1');
  now += 59_999;
  expect((await get(sandbox, paths.couponJobs, token)).status).toBe(200);
  now += 1;
  const expired = {
    status: { code: 498, success: 'true', message: 'Token expired at 2023-11-14T22:14:20.000Z' },
  };
  expect(await get(sandbox, paths.couponJobs, token)).toMatchObject({ status: 498, json: expired });
});

test('all issued tokens can be expired or revoked at once', async () => {
  const token = await tokenOf('one', 's1');
  sandbox.tokens.expireAll();
  expect((await get(sandbox, paths.couponJobs, token)).status).toBe(498);
  sandbox.tokens.revokeAll();
  expect((await get(sandbox, paths.couponJobs, token)).status).toBe(401);
  expect((await get(sandbox, paths.couponJobs, 'writer')).status).toBe(200);
});

test('a read-only token lists, and uploads nothing', async () => {
  expect((await get(sandbox, paths.couponJobs, 'reader')).status).toBe(200);
  const refused = {
    status: { code: 403, success: 'true', message: "Client doesn't have access to the requested resource" },
  };
  expect(await upload(sandbox, { token: 'reader', file: 'h\na\n' })).toMatchObject({
    status: 403,
    json: refused,
  });
});

test('a token is shaped like a JWT and tells its lifetime', async () => {
  const { data, errors } = (await ask('{"key":"two","secret":"s2"}')).json;
  expect({ errors, ttlSeconds: data.ttlSeconds }).toEqual({ errors: null, ttlSeconds: 300 });
  const [header, claims, signature] = data.accessToken.split('.');
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'JWT' });
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    org_id: 2,
    client_key: 'two',
    exp: 1_700_000_300,
  });
  expect(Buffer.from(signature, 'base64url')).toHaveLength(256);
});

test('jobs of one org are never listed to another', async () => {
  const [one, two] = [await tokenOf('one', 's1'), await tokenOf('two', 's2')];
  await upload(sandbox, { token: one, file: 'h\na\n' });
  const lists = [await get(sandbox, paths.couponJobs, one), await get(sandbox, paths.couponJobs, two)];
  expect(lists.map(({ json }) => [json.result.orgId, json.result.uploadJobStatuses.length])).toEqual([
    [1, 1],
    [2, 0],
  ]);
});

test('the log of a token call holds its key and never its secret', async () => {
  await tokenOf('one', 's1');
  expect(sandbox.requests[0]).toMatchObject({ call: 'token', fields: { key: 'one' } });
  expect(JSON.stringify(sandbox.requests)).not.toContain('s1');
});
