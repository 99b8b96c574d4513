import { once } from 'node:events';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../src/sandbox/create-sandbox.ts';
import type { Fault } from '../src/sandbox/faults/fault.ts';
import { call, formBody, get, openUpload, paths, upload } from './support/sandbox-upload.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox();
  sandbox.jobs.hold();
});
afterEach(() => sandbox.close());

const file = 'h\na\nb\n';

const answered: readonly (readonly [name: string, fault: Fault, status: number, body: unknown])[] = [
  [
    '400',
    { kind: 'status', status: 400 },
    400,
    { success: false, status: 400, message: 'Incorrect or invalid input.' },
  ],
  [
    '401',
    { kind: 'status', status: 401 },
    401,
    { status: { code: 401, success: 'true', message: 'Unauthorized' } },
  ],
  [
    '498',
    { kind: 'status', status: 498 },
    498,
    { status: { code: 498, success: 'true', message: expect.stringMatching(/^Token expired at /) } },
  ],
  [
    '403',
    { kind: 'status', status: 403 },
    403,
    {
      status: { code: 403, success: 'true', message: "Client doesn't have access to the requested resource" },
    },
  ],
  [
    '403 by access group',
    { kind: 'status', status: 403, code: 4000 },
    403,
    { errors: [{ code: 4000, message: 'Not authorized. Access is denied!' }], data: null },
  ],
  [
    '404',
    { kind: 'status', status: 404 },
    404,
    { success: false, status: 404, message: 'invalid coupon_series_id for org id' },
  ],
  [
    '413',
    { kind: 'status', status: 413 },
    413,
    { success: false, status: 413, message: 'The file is too large.' },
  ],
  [
    '500',
    { kind: 'status', status: 500 },
    500,
    { success: false, status: 500, message: 'Unable to post or retrieve details.' },
  ],
  [
    '503',
    { kind: 'status', status: 503 },
    503,
    { errors: [{ code: 4001, message: 'Authorization status unavailable!' }], data: null },
  ],
  ['a body that breaks off', { kind: 'malformed' }, 200, undefined],
  ['no body', { kind: 'empty' }, 200, undefined],
  [
    'a body without the documented fields',
    { kind: 'lacking' },
    200,
    { success: true, status: 200, result: {} },
  ],
  [
    'success: false under 200',
    { kind: 'refused' },
    200,
    { success: false, status: 400, message: 'Incorrect or invalid input.' },
  ],
  ['any answer', { kind: 'answer', status: 418, body: '{}' }, 418, {}],
];

describe('a fault that answers', () => {
  test.each(answered)('%s: late, without a job', async (_name, fault, status, body) => {
    sandbox.faults.set({ call: 'uploadFile', fault, times: 1 });
    const answer = await upload(sandbox, { file });
    expect(answer.status).toBe(status);
    expect(answer.json).toEqual(body);
    expect(sandbox.requests[0]).toMatchObject({ complete: true, fileBytes: file.length, status });
    expect(sandbox.jobs.list()).toEqual([]);
    expect((await upload(sandbox, { file })).status).toBe(200);
    expect(sandbox.jobs.list()).toMatchObject([{ rows: 2, errors: 0 }]);
  });

  test('502 is an HTML page', async () => {
    sandbox.faults.set({ call: 'any', fault: { kind: 'status', status: 502 } });
    const answer = await get(sandbox, paths.couponJobs);
    expect(answer).toMatchObject({ status: 502, headers: { 'content-type': 'text/html' } });
    expect(answer.text).toMatch(/^<html>/);
  });

  test('429 with Retry-After, and without', async () => {
    sandbox.faults.set({ call: 'token', fault: { kind: 'status', status: 429, retryAfter: 7 } });
    expect((await call(sandbox, 'POST', paths.token)).headers['retry-after']).toBe('7');
    sandbox.faults.set({ call: 'token', fault: { kind: 'status', status: 429 } });
    expect((await call(sandbox, 'POST', paths.token)).headers['retry-after']).toBeUndefined();
  });

  test('after-job: the job stands, and the answer says otherwise', async () => {
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'status', status: 502, when: 'after-job' } });
    expect((await upload(sandbox, { file })).status).toBe(502);
    expect(sandbox.jobs.list()).toHaveLength(1);
    expect((await upload(sandbox, { fields: {}, file })).status).toBe(400);
    expect(sandbox.jobs.list()).toHaveLength(1);
  });

  test('early: the answer is there before the body, which is then read to its end', async () => {
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'status', status: 413, when: 'early' } });
    const body = formBody({ file: `h\n${'x'.repeat(1_000_000)}\n` });
    const ended = sandbox.nextRequest('uploadFile');
    const socket = openUpload(sandbox, body.length);
    const [head] = await once(socket, 'data');
    expect(String(head)).toMatch(/^HTTP\/1.1 413 /);
    expect(sandbox.openRequests()).toBe(1);
    socket.write(body);
    expect(await ended).toMatchObject({
      status: 413,
      receivedBytes: body.length,
      complete: false,
      aborted: false,
    });
    socket.destroy();
    expect(sandbox.jobs.list()).toEqual([]);
  });

  test('early-reset: the answer, then a reset while the client is sending', async () => {
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'status', status: 401, when: 'early-reset' } });
    const ended = sandbox.nextRequest('uploadFile');
    const socket = openUpload(sandbox, 1_000_000_000);
    // Node may tell of the reset as of an end, where it reads it together with the answer.
    const closed = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve));
    const [head] = await once(socket, 'data');
    expect(String(head)).toMatch(/^HTTP\/1.1 401 /);
    await closed;
    expect(await ended).toMatchObject({ status: 401, aborted: true, complete: false });
  });
});

describe('a reset', () => {
  const resets: readonly (readonly [name: string, fault: Fault, jobs: number, complete: boolean])[] = [
    ['before the body', { kind: 'reset', at: 'before' }, 0, false],
    ['in the middle', { kind: 'reset', at: 'middle', afterBytes: 4 }, 0, false],
    ['after the body, without a job', { kind: 'reset', at: 'after' }, 0, true],
    ['after the body, with a job', { kind: 'reset', at: 'after', job: true }, 1, true],
  ];
  test.each(resets)('%s', async (_name, fault, jobs, complete) => {
    sandbox.faults.set({ call: 'uploadFile', fault });
    const ended = sandbox.nextRequest('uploadFile');
    await expect(upload(sandbox, { file: `h\n${'x,y\n'.repeat(100_000)}` })).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET|EPIPE/),
    });
    expect(await ended).toMatchObject({ status: undefined, aborted: true, complete });
    expect(sandbox.jobs.list()).toHaveLength(jobs);
    expect(sandbox.openRequests()).toBe(0);
  });
});

describe('a hang', () => {
  test('before the body: nothing is read, nothing answered; clearing lets the end of the client be seen', async () => {
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'hang', at: 'before' } });
    const started = sandbox.started('uploadFile');
    const ended = sandbox.nextRequest('uploadFile');
    const socket = openUpload(sandbox, 50_000_000);
    socket.write(Buffer.alloc(20_000_000));
    expect((await started).receivedBytes).toBe(0);
    socket.destroy();
    sandbox.faults.clear();
    expect(await ended).toMatchObject({ status: undefined, aborted: true });
  });

  test.each([true, false])('after the body, job: %s: all is read, nothing answered', async (job) => {
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'hang', at: 'after', job } });
    const received = sandbox.received(file.length);
    const abort = new AbortController();
    const ended = sandbox.nextRequest('uploadFile');
    const body = formBody({ file });
    const headers = {
      'x-cap-api-oauth-token': 'sandbox-token',
      'content-type': 'multipart/form-data; boundary=sandbox-test-boundary',
    };
    const sent = request(sandbox.url + paths.coupons, {
      method: 'POST',
      headers,
      body,
      signal: abort.signal,
    });
    await received;
    abort.abort(new Error('enough'));
    await expect(sent).rejects.toThrow('enough');
    expect(await ended).toMatchObject({ complete: true, status: undefined, aborted: true });
    expect(sandbox.jobs.list()).toHaveLength(job ? 1 : 0);
  });

  test('a list request can hang too', async () => {
    sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'hang', at: 'after' } });
    const started = sandbox.started('getUploadStatus');
    const ended = sandbox.nextRequest('getUploadStatus');
    const abort = new AbortController();
    const sent = request(sandbox.url + paths.couponJobs, { signal: abort.signal });
    await started;
    abort.abort(new Error('enough'));
    await expect(sent).rejects.toThrow('enough');
    expect((await ended).status).toBeUndefined();
  });
});

test('latency delays the answer, not the job', async () => {
  sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 40 } });
  const before = performance.now();
  expect((await upload(sandbox, { file })).status).toBe(200);
  expect(performance.now() - before).toBeGreaterThan(35);
  expect(sandbox.jobs.list()).toHaveLength(1);
});

test('a slow reader takes its time and gets it all', async () => {
  sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'slow', bytesPerSecond: 2_000_000 } });
  const before = performance.now();
  await upload(sandbox, { file: `h\n${'x\n'.repeat(100_000)}` });
  expect(performance.now() - before).toBeGreaterThan(90);
  expect(sandbox.requests[0]).toMatchObject({ fileBytes: 200_002, complete: true });
});

test('a rule of a call comes before one for any, counts down, and goes when cleared', async () => {
  sandbox.faults.set({ call: 'any', fault: { kind: 'status', status: 500 } });
  sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'status', status: 404 }, times: 2 });
  const seen = [];
  for (let i = 0; i < 3; i++) seen.push((await get(sandbox, paths.couponJobs)).status);
  sandbox.faults.clear();
  seen.push((await get(sandbox, paths.couponJobs)).status);
  expect(seen).toEqual([404, 404, 500, 200]);
});

test('a rule of a series leaves the other series alone, and comes before one for all', async () => {
  sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'status', status: 500 } });
  sandbox.faults.set({ call: 'any', couponSeriesId: '7', fault: { kind: 'status', status: 404 }, times: 1 });
  const seen = [];
  for (const series of ['8', '7', '7']) {
    const path = paths.couponJobs.replace(/\d+$/, series);
    seen.push((await get(sandbox, path)).status);
  }
  expect(seen).toEqual([500, 404, 500]);
});

test('closing the sandbox ends hung requests and pending waits', async () => {
  sandbox.faults.set({ call: 'any', fault: { kind: 'hang', at: 'before' } });
  const started = sandbox.started();
  const wait = expect(sandbox.nextRequest('token')).rejects.toThrow('The sandbox was closed.');
  const sent = expect(get(sandbox, paths.couponJobs)).rejects.toThrow();
  await started;
  await Promise.all([sandbox.close(), sandbox.close(), wait, sent]);
});
