import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCuttingProxy } from './support/cutting-proxy.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { fast, readMetric } from './support/subscription-clients.ts';

const path = (name: string) => fileURLToPath(new URL(`../examples/${name}`, import.meta.url));
const good = path('files/coupons-by-mobile.csv');

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway({ ...fast, sandbox: { stepMs: 20 } });
});
afterEach(() => gateway[Symbol.asyncDispose]());

async function run(file: string, { url = gateway.url, tokenCommand = 'echo sandbox-token' } = {}) {
  const child = spawn(path('clients/upload.sh'), [file, '541854', 'import-4711'], {
    env: { PATH: process.env['PATH'], GATEWAY_URL: url, TOKEN_COMMAND: tokenCommand },
  });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const lines = out.split('\n').filter(Boolean);
  return { code: code as number, results: lines.map((line) => JSON.parse(line)), err };
}

describe('upload.sh', () => {
  test('fails with the answer when the file is refused, and watches nothing', async () => {
    const { code, results } = await run(path('files/not-a-csv.csv'));
    expect(code).toBe(1);
    expect(results).toMatchObject([{ data: { uploadCouponBatch: { __typename: 'InvalidFileError' } } }]);
    expect(await readMetric(gateway.url, 'gateway_polls_total')).toBe(0);
  });

  test('asks for a new token when the gateway refuses the old one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tokens-'));
    const next = join(folder, 'next');
    await writeFile(next, 'expired');
    const { code, results } = await run(good, { tokenCommand: `cat ${next}; echo sandbox-token > ${next}` });
    await rm(folder, { recursive: true });
    expect(code).toBe(0);
    expect(results[0]).toMatchObject({ data: { uploadCouponBatch: { __typename: 'UploadAccepted' } } });
    expect(new Set(gateway.sandbox.requests.map((request) => request.token))).toEqual(
      new Set(['expired', 'sandbox-token']),
    );
  });

  test('whose answer was lost finds the job that it had made', async () => {
    await using proxy = await startCuttingProxy(gateway.url);
    const { code, results } = await run(good, { url: proxy.url });
    expect({ code, cut: proxy.cut() }).toEqual({ code: 0, cut: 1 });
    expect(results[0].data.uploadCouponBatch).toMatchObject({ replayed: true, jobs: [{}] });
    expect(gateway.sandbox.jobs.list()).toHaveLength(1);
  });

  test('takes a file whatever its name is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'names-'));
    const name = String.raw`Spring, "final"; v2 \o.csv`;
    await copyFile(good, join(folder, name));
    const { results } = await run(join(folder, name));
    await rm(folder, { recursive: true });
    expect(results[0].data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted' });
  });

  test('uploads, shows how far it is, and watches the job to its end', async () => {
    const { code, results, err } = await run(good);
    const [answer, ...states] = results;
    expect(answer.data.uploadCouponBatch).toMatchObject({ __typename: 'UploadAccepted', file: { rows: 5 } });
    expect(states.at(-1).data.uploadJobUpdated).toMatchObject({ status: 'FINISHED', outcome: 'SUCCEEDED' });
    expect(err).toMatch(/100\.0%/);
    expect(code).toBe(0);
  });
});
