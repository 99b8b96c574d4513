import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

// The process here runs what `npm run build` made.

/**
 * A gateway in a program that gives it no logger; its inspector fails with an error as libraries throw them. The program ends
 * only if nothing of the upload is left.
 */
const program = `
  import { createGateway, parseConfig } from '${new URL('../dist/index.js', import.meta.url)}';
  const open = () => {
    throw Object.assign(new Error('no thread'), { headers: { 'x-cap-api-oauth-token': 'a-secret-token' } });
  };
  const gateway = await createGateway(parseConfig({ PORT: '0' }), undefined, {
    openInspector: () => ({ open, close: async () => {} }),
  });
  const input = { couponSeriesId: '1', customerIdentifier: 'NOT_TAGGED' };
  const query =
    'mutation ($file: Upload!, $input: UploadCouponBatchInput!) { uploadCouponBatch(file: $file, input: $input) { __typename } }';
  const body = new FormData();
  body.set('operations', JSON.stringify({ query, variables: { file: null, input } }));
  body.set('map', '{ "0": ["variables.file"] }');
  body.set('0', new Blob(['code\\nA1\\n']), 'a.csv');
  const headers = { 'x-cap-api-oauth-token': 'sandbox-token', 'graphql-require-preflight': '1' };
  await (await fetch(gateway.url, { method: 'POST', headers, body })).text();
  await gateway.close(0);
`;

test('A gateway in a program logs as the command does: no properties of foreign errors, and ISO times', async () => {
  const args = ['--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 15_000 });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const told = lines.find(({ msg }) => msg === 'unexpected error');
  expect(told).toMatchObject({ err: { message: 'no thread' }, time: expect.stringMatching(/^\d{4}-.*Z$/) });
  expect(stdout).not.toContain('a-secret-token');
});
