import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../src/sandbox/create-sandbox.ts';
import { call, get, paths, upload } from './support/sandbox-upload.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox();
  sandbox.jobs.hold();
});
afterEach(() => sandbox.close());

const wrongRules: readonly (readonly [body: unknown, message: string])[] = [
  [[], 'The rule must be an object.'],
  [{ call: 'nope', fault: { kind: 'empty' } }, 'rule.call is missing or wrong.'],
  [{ call: 'any' }, 'rule.fault is missing or wrong.'],
  [{ call: 'any', fault: { kind: 'toString' } }, 'fault.kind must be one of'],
  [{ call: 'any', fault: { kind: 'latency', ms: '5' } }, 'fault.ms is missing or wrong.'],
  [{ call: 'any', fault: { kind: 'status', status: 42 } }, 'fault.status is missing or wrong.'],
  [{ call: 'any', fault: { kind: 'empty', wen: 'early' } }, 'fault.wen is unknown.'],
  [{ call: 'any', fault: { kind: 'empty' }, times: 0 }, 'rule.times is missing or wrong.'],
];
test.each(wrongRules)('rule %j is refused', async (rule, message) => {
  const answer = await call(sandbox, 'PUT', '/_sandbox/faults', {}, JSON.stringify(rule));
  expect(answer).toMatchObject({ status: 400, json: { message: expect.stringContaining(message) } });
  expect(sandbox.faults.list()).toEqual([]);
});

test.each([
  'GET /_sandbox/nothing',
  'POST /_sandbox/jobs/1/advance',
  'DELETE /_sandbox/jobs/1',
  'GET /elsewhere',
])('%s: 404', async (line) => {
  const [method, path] = line.split(' ') as ['GET', string];
  expect(await call(sandbox, method, path)).toMatchObject({
    status: 404,
    json: { success: false, status: 404 },
  });
});

test.each([
  ['GET', paths.coupons],
  ['POST', paths.couponJobs],
  ['GET', paths.token],
] as const)('%s %s: 405', async (method, path) => {
  expect(await call(sandbox, method, path)).toMatchObject({
    status: 405,
    json: { success: false, status: 405 },
  });
});

test('faults are set, listed and cleared', async () => {
  const rule = { call: 'getUploadStatus', fault: { kind: 'status', status: 429, retryAfter: 3 }, times: 2 };
  expect((await call(sandbox, 'PUT', '/_sandbox/faults', {}, JSON.stringify(rule))).status).toBe(200);
  expect((await get(sandbox, paths.couponJobs)).status).toBe(429);
  expect((await call(sandbox, 'GET', '/_sandbox/faults')).json).toEqual([{ ...rule, times: 1 }]);
  await call(sandbox, 'DELETE', '/_sandbox/faults');
  expect((await get(sandbox, paths.couponJobs)).status).toBe(200);
});

test('jobs are stepped, finished, renamed and removed', async () => {
  await upload(sandbox, { file: 'h\na\n' });
  const [{ jobId }] = (await call(sandbox, 'GET', '/_sandbox/jobs')).json;
  const seen = [];
  for (const verb of ['advance', 'finish']) {
    await call(sandbox, 'POST', `/_sandbox/jobs/${jobId}/${verb}`);
    seen.push((await call(sandbox, 'GET', `/_sandbox/jobs/${jobId}`)).json.status);
  }
  await call(sandbox, 'PUT', `/_sandbox/jobs/${jobId}/status`, {}, '{"status":"ODD"}');
  seen.push(sandbox.jobs.get(jobId).status);
  expect(seen).toEqual(['VALIDATED', 'FINISHED', 'ODD']);
  await call(sandbox, 'DELETE', `/_sandbox/jobs/${jobId}`);
  expect(sandbox.jobs.list()).toEqual([]);
});

test('jobs are hidden, tokens expired, and the clock held and released', async () => {
  await call(sandbox, 'PUT', '/_sandbox/jobs/hideNew', {}, '{"lists":1}');
  await upload(sandbox, { file: 'h\na\n' });
  expect((await get(sandbox, paths.couponJobs)).json.result.uploadJobStatuses).toEqual([]);
  for (const path of ['jobs/release', 'jobs/hold', 'tokens/expire', 'tokens/revoke']) {
    expect((await call(sandbox, 'POST', `/_sandbox/${path}`)).json).toEqual({ ok: true });
  }
});

test('the request log leaves tokens out, and the control calls too', async () => {
  await get(sandbox, paths.couponJobs);
  const { json, text } = await call(sandbox, 'GET', '/_sandbox/requests');
  expect(json).toMatchObject([{ call: 'getUploadStatus', hasToken: true, status: 200 }]);
  expect(text).not.toContain('sandbox-token');
});

test('started alone, the sandbox tells its address in one JSON line and ends with 0 on SIGTERM', async () => {
  const args = ['--import', 'tsx', 'src/sandbox/main.ts'];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { msg, url } = JSON.parse(String(line));
  expect(msg).toBe('ready');
  expect((await fetch(`${url}/_sandbox/jobs`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});
