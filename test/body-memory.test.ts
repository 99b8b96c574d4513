import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Dispatcher } from 'undici';
import { describe, expect, test } from 'vitest';
import { readBody } from '../src/capillary/read-body.ts';
import { readText } from '../src/http/request/read-text.ts';
import { createCsvScan } from '../src/upload/scan/csv-scan.ts';
import { assertClean } from './support/assert-clean.ts';
import { mobileInput } from './support/graphql-client.ts';
import { encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { exchange, postHead, readGraphQL } from './support/raw-graphql.ts';
import { codesOnly } from './support/scan-file.ts';
import { startGateway } from './support/start-gateway.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const usedBytes = () => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** A body in chunks of one byte each, as it stands on the wire. */
const inChunks = (body: Buffer) =>
  Buffer.concat(Array.from(body, (byte) => Buffer.from(`1\r\n${String.fromCharCode(byte)}\r\n`, 'latin1')));

describe('A body in pieces of one byte', () => {
  test('takes no more memory than its bytes while the rest is awaited, and is whole in the end', async () => {
    const req = new Readable({ read() {} });
    const options = { timeoutMs: 30_000, signal: new AbortController().signal };
    const text = readText(Object.assign(req, { headers: {} }) as unknown as IncomingMessage, options);
    const before = usedBytes();
    for (let round = 0; round < 100; round += 1) {
      for (let at = 0; at < 5_000; at += 1) req.push(Buffer.from('x'));
      await new Promise(setImmediate);
    }
    expect(usedBytes() - before).toBeLessThan(10e6);
    req.push(null);
    expect(await text).toBe('x'.repeat(500_000));
  });

  test('takes no more memory than its bytes as an answer of Capillary either', async () => {
    const body = new Readable({ read() {} });
    const answer = { statusCode: 200, headers: {}, body } as unknown as Dispatcher.ResponseData;
    const read = readBody(answer, 1e6);
    const before = usedBytes();
    // Each in a turn of its own: what comes in one turn is read as one.
    for (let at = 0; at < 50_000; at += 1) {
      body.push(Buffer.from('x'));
      await new Promise(setImmediate);
    }
    expect(usedBytes() - before).toBeLessThan(2e6);
    body.push(null);
    expect((await read).body).toBe('x'.repeat(50_000));
  });

  test('takes no more memory than its bytes as the header of a file', () => {
    const scan = createCsvScan({ plan: codesOnly });
    const before = usedBytes();
    for (let at = 0; at < 50_000; at += 1) scan.write(Buffer.from('x'));
    expect(usedBytes() - before).toBeLessThan(2e6);
    scan.write(Buffer.from('\ncode\n'));
    expect(scan.headerBytes.equals(Buffer.from(`${'x'.repeat(50_000)}\n`))).toBe(true);
  });

  const head = (length: object) =>
    postHead({ 'content-length': null, 'transfer-encoding': 'chunked', ...length });
  const form = (padding: number) =>
    encodeForm([
      operationsPart({ file: null, input: mobileInput, padding: 'x'.repeat(padding) }),
      ...[mapPart(), filePart()],
    ]);

  test('is refused once a form has more of them before its files than any client makes', async () => {
    await using started = await startGateway();
    const bytes = Buffer.concat([Buffer.from(head({})), inChunks(form(30_000))]);
    expect(readGraphQL(await exchange(started.url, bytes))).toMatchObject({
      ...{ status: 400, code: 'BAD_REQUEST' },
      message: expect.stringContaining('small pieces') as string,
    });
    await assertClean(started);
    expect(started.sandbox.requests).toEqual([]);
  });

  test('is taken from a form of usual size', async () => {
    await using started = await startGateway();
    const bytes = Buffer.concat([Buffer.from(head({})), inChunks(form(5_000)), Buffer.from('0\r\n\r\n')]);
    const { status, data } = readGraphQL(await exchange(started.url, bytes));
    expect({ status, data }).toMatchObject({ status: 200, data: { uploadCouponBatch: expect.any(Object) } });
  });
});
