import { createServer } from 'node:net';
import { request } from 'undici';
import { describe, expect, test } from 'vitest';
import { createSandbox } from '../src/sandbox/create-sandbox.ts';
import { couponFile } from './support/coupon-file.ts';
import { eventually } from './support/eventually.ts';
import { runProcess, startProcess } from './support/gateway-process.ts';
import { ask, upload } from './support/graphql-client.ts';
import { listen } from './support/listen.ts';
import { encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection } from './support/raw-connection.ts';
import { exchange, postHead, requestHead } from './support/raw-graphql.ts';
import { readMetric } from './support/subscription-clients.ts';

// These tests run what `npm run build` made.

async function get(url: string, path: string) {
  const { statusCode, headers, body } = await request(new URL(path, url));
  return { status: statusCode, type: headers['content-type'], text: await body.text() };
}

describe('The process does not start', () => {
  test('with wrong settings: exit code 1, and each of them on stderr', async () => {
    const { code, stdout, stderr } = await runProcess({
      PORT: 'http',
      LOG_LEVEL: 'loud',
      CAPILLARY_CLIENT_SECRET: 'hush-0451',
    });
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n')).toEqual([
      'Wrong settings:',
      '  - CAPILLARY_CLIENT_SECRET is set, but CAPILLARY_CLIENT_KEY is not',
      '  - PORT must be a whole number from 0 to 65535, but is "http"',
      expect.stringContaining('  - LOG_LEVEL must be one of trace, '),
    ]);
    expect(stdout).toEqual([]);
  });

  test('on a port that is taken: exit code 1, and the port on stderr', async () => {
    await using taken = await listen(createServer());
    const { code, stdout, stderr } = await runProcess({ PORT: String(taken.port) });
    expect(code).toBe(1);
    expect(stderr).toBe(
      `listen EADDRINUSE: address already in use ${taken.host}. Set HOST or PORT to another value.\n`,
    );
    expect(stdout).toEqual([]);
  });

  test('on an address that is not ours: exit code 1', async () => {
    const { code, stderr } = await runProcess({ PORT: '0', HOST: '192.0.2.1' });
    expect(code).toBe(1);
    expect(stderr).toContain('EADDRNOTAVAIL');
  });

  test('on a name that does not resolve: a line that says so, and exit code 1', async () => {
    const { code, stderr } = await runProcess({ PORT: '0', HOST: 'gateway.invalid' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^getaddrinfo E[A-Z_]+ gateway\.invalid\. Set HOST or PORT to another value\.\n$/);
  });
});

describe('A running process', () => {
  test('says where it listens, on a line of JSON, and serves there with the sandbox behind it', async () => {
    await using gateway = await startProcess();
    expect(gateway.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/graphql$/);
    const [line = ''] = gateway.stdout;
    expect(JSON.parse(line)).toMatchObject({
      level: 40,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      msg: 'ready',
      url: gateway.url,
      sandboxUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      token: 'sandbox-token',
      note: 'No upstream is set: uploads go to the embedded sandbox, and none to Capillary.',
    });
    const { data } = await upload(gateway.url);
    expect(data.uploadCouponBatch.__typename).toBe('UploadAccepted');
  });

  test('before a real upstream has no sandbox, and shows no token', async () => {
    await using sandbox = await createSandbox();
    await using gateway = await startProcess({ COUPON_API_URL: sandbox.url });
    expect(Object.keys(JSON.parse(gateway.stdout[0] ?? ''))).toEqual(['level', 'time', 'url', 'msg']);
    const { data } = await ask(gateway.url, '{ couponSeries(id: "1") { uploadJobs { totalCount } } }');
    expect(data.couponSeries.uploadJobs.totalCount).toBe(0);
    expect(sandbox.requests).toHaveLength(2);
  });

  test('is alive, ready and measured', async () => {
    await using gateway = await startProcess();
    expect(await get(gateway.url, '/healthz')).toMatchObject({ status: 200, type: 'text/plain' });
    expect(await get(gateway.url, '/readyz')).toMatchObject({ status: 200, type: 'text/plain' });
    const metrics = await get(gateway.url, '/metrics');
    expect(metrics).toMatchObject({
      status: 200,
      type: expect.stringContaining('text/plain; version=0.0.4'),
    });
    expect(metrics.text).toContain('# TYPE process_cpu_seconds_total counter');
  });
});

describe('A process that is told to end', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('by %s, while idle, ends at once', async (signal) => {
    await using gateway = await startProcess();
    // An idle connection is no work.
    using connection = await openConnection(gateway.url);
    await connection.write(requestHead('GET', '/healthz'));
    expect((await connection.answer()).status).toBe(200);
    const startMs = performance.now();
    gateway.kill(signal);
    const { code, stdout, stderr } = await gateway.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(performance.now() - startMs).toBeLessThan(3_000);
    expect(stdout.map((line) => JSON.parse(line).msg)).toEqual(['ready', 'shutting down', 'stopped']);
    await connection.closed();
  });

  test('and told so once more, by SIGTERM, still lets an upload finish', async () => {
    await using sandbox = await createSandbox();
    await using gateway = await startProcess({ COUPON_API_URL: sandbox.url });
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 1_500 } });
    const answer = upload(gateway.url);
    await sandbox.received(1);
    const told = (message: string) => gateway.stdout.filter((line) => JSON.parse(line).msg === message);
    gateway.kill('SIGTERM');
    await eventually(() => expect(told('shutting down')).toHaveLength(1));
    gateway.kill('SIGTERM');
    await eventually(() => expect(told('shutting down already')).toHaveLength(1));
    expect((await answer).data.uploadCouponBatch.__typename).toBe('UploadAccepted');
    expect(await gateway.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(told('shutting down')).toHaveLength(1);
    expect(told('stopped')).toHaveLength(1);
  });

  test('and told so by one more Ctrl-C, ends at once, and says so', async () => {
    await using sandbox = await createSandbox();
    await using gateway = await startProcess({ COUPON_API_URL: sandbox.url });
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'hang', at: 'after' } });
    const answer = expect(upload(gateway.url)).rejects.toThrow();
    await sandbox.received(1);
    // As one at a keyboard who does not believe that it helps.
    const presses = setInterval(() => gateway.kill('SIGINT'), 100);
    const { code, stdout, stderr } = await gateway.ended.finally(() => clearInterval(presses));
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    const [, first, ...others] = stdout.map((line) => JSON.parse(line));
    const last = others.pop();
    expect(last).toMatchObject({ level: 40, signal: 'SIGINT', msg: 'ended at once, whatever was running' });
    // Those of the first second are taken for the first one, handed on.
    expect(new Set(others.map(({ msg }) => msg))).toEqual(new Set(['shutting down already']));
    expect(Date.parse(last.time) - Date.parse(first.time)).toBeGreaterThan(990);
    await answer;
  });

  test('during an upload, lets it finish, takes no new work meanwhile, and ends with code 0', async () => {
    await using sandbox = await createSandbox();
    const origin = 'https://shop.example';
    await using gateway = await startProcess({ COUPON_API_URL: sandbox.url, CORS_ORIGINS: origin });
    const file = couponFile(2 * 1024 * 1024);
    const form = encodeForm([operationsPart(), mapPart(), filePart(file)]);
    const half = form.length / 2;
    using client = await openConnection(gateway.url);
    using other = await openConnection(gateway.url);
    await client.write(postHead({ 'content-length': form.length }));
    await client.write(form.subarray(0, half));
    await sandbox.received(1024);

    gateway.kill('SIGTERM');
    await eventually(async () => {
      expect(await get(gateway.url, '/readyz')).toMatchObject({ status: 503, text: 'draining\n' });
    });
    expect((await get(gateway.url, '/healthz')).status).toBe(200);
    const refused = { status: 503, errors: [{ extensions: { code: 'SHUTTING_DOWN' } }] };
    expect(await ask(gateway.url, '{ __typename }')).toMatchObject(refused);
    expect(await upload(gateway.url)).toMatchObject(refused);
    const counted = () => readMetric(gateway.url, 'gateway_uploads_refused_total{code="SHUTTING_DOWN"}');
    await eventually(async () => expect(await counted()).toBe(1));
    // Opened before, and used only now.
    await other.write(requestHead('GET', '/graphql?query={__typename}'));
    expect(await other.answer()).toMatchObject({ status: 503, headers: { connection: 'close' } });
    const preflight = requestHead('OPTIONS', '/graphql', { origin, 'access-control-request-method': 'POST' });
    const query = requestHead('GET', '/graphql?query={__typename}', { origin });
    const readable = { 'access-control-allow-origin': origin };
    expect(await exchange(gateway.url, preflight)).toMatchObject({ status: 204, headers: readable });
    expect(await exchange(gateway.url, query)).toMatchObject({ status: 503, headers: readable });

    await client.write(form.subarray(half));
    const { data } = JSON.parse((await client.answer()).body);
    expect(data.uploadCouponBatch).toMatchObject({
      __typename: 'UploadAccepted',
      file: { bytes: file.length, sha256: sandbox.requests[0]?.fileSha256 },
    });
    expect(await gateway.ended).toMatchObject({ code: 0, stderr: '' });
    await expect(get(gateway.url, '/healthz')).rejects.toThrow('ECONNREFUSED');
    expect(sandbox.requests).toMatchObject([{ call: 'uploadFile', complete: true, status: 200 }]);
  });

  test('while upstream still thinks about a whole file, waits for its answer', async () => {
    await using sandbox = await createSandbox();
    await using gateway = await startProcess({ COUPON_API_URL: sandbox.url });
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 1_000 } });
    const answer = upload(gateway.url);
    await sandbox.received(1);
    gateway.kill('SIGTERM');
    const { data } = await answer;
    expect(data.uploadCouponBatch.__typename).toBe('UploadAccepted');
    expect((await gateway.ended).code).toBe(0);
  });

  test('by an error that nothing caught, lets uploads finish, and ends with code 1', async () => {
    await using sandbox = await createSandbox();
    const bug = `process.on('SIGUSR2', () => Promise.reject(new Error('a bug')))`;
    await using gateway = await startProcess({
      COUPON_API_URL: sandbox.url,
      NODE_OPTIONS: `--import="data:text/javascript,${encodeURIComponent(bug)}"`,
    });
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 1_000 } });
    const answer = upload(gateway.url);
    await sandbox.received(1);
    gateway.kill('SIGUSR2');
    expect((await answer).data.uploadCouponBatch.__typename).toBe('UploadAccepted');
    const { code, stdout, stderr } = await gateway.ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout.map((line) => JSON.parse(line))).toMatchObject([
      { msg: 'ready' },
      { level: 60, msg: 'an error that nothing caught', err: { message: 'a bug' } },
      { msg: 'shutting down' },
      { msg: 'upload' },
      { msg: 'stopped' },
    ]);
  });

  test('ends as soon as the last client has given up', async () => {
    await using sandbox = await createSandbox();
    await using gateway = await startProcess({ COUPON_API_URL: sandbox.url });
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'hang', at: 'before' } });
    const gone = new AbortController();
    const answer = upload(gateway.url, { signal: gone.signal });
    answer.catch(() => {});
    await sandbox.started('uploadFile');
    gateway.kill('SIGTERM');
    await eventually(async () => expect((await get(gateway.url, '/readyz')).status).toBe(503));
    gone.abort();
    await expect(answer).rejects.toThrow();
    expect((await gateway.ended).code).toBe(0);
  });
});
