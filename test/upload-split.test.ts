import { Readable } from 'node:stream';
import { createClient } from 'graphql-sse';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { UploadRequest as UploadRequestUpstream } from '../src/capillary/send-upload.ts';
import type { Sandbox } from '../src/sandbox/create-sandbox.ts';
import type { FileUpload, UploadDeps } from '../src/upload/file-upload.ts';
import { createInspector } from '../src/upload/inspection/create-inspector.ts';
import { readToEnd } from '../src/upload/passing/read-to-end.ts';
import { createUploadFile } from '../src/upload/upload-file.ts';
import { couponFile } from './support/coupon-file.ts';
import { eventually } from './support/eventually.ts';
import { mobileInput, token, upload } from './support/graphql-client.ts';
import { encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection } from './support/raw-connection.ts';
import { postHead, readGraphQL } from './support/raw-graphql.ts';
import { sha256Of } from './support/sha256-of.ts';
import {
  batch,
  five,
  namedJobs,
  type Pieces,
  pieces,
  type SplitOptions,
  send,
  slices,
  uploads,
} from './support/split-file.ts';
import { startGateway } from './support/start-gateway.ts';
import { uploadOverSocket } from './support/upload-over-socket.ts';

const cases = Object.entries(pieces).flatMap(([name, { rows }]) =>
  [1, 2, rows.length, rows.length + 1].map((maxRowsPerJob) => ({ name, maxRowsPerJob })),
);

describe('What cannot be is refused before anything is read:', () => {
  test.each<{ name: string; options: SplitOptions; field: string }>([
    { name: 'no rows', options: { maxRowsPerJob: 0 }, field: 'maxRowsPerJob' },
    { name: 'less than none', options: { maxRowsPerJob: -1 }, field: 'maxRowsPerJob' },
    { name: 'REJECT', options: { maxRowsPerJob: 2, rowProblems: 'REJECT' }, field: 'rowProblems' },
  ])('maxRowsPerJob with $name', async ({ options, field }) => {
    await using started = await startGateway();
    const { data } = await send(started.url, options, { file: couponFile(4 * 1024 * 1024) });
    expect(data.result).toEqual({
      __typename: 'InvalidInputError',
      field: `input.options.${field}`,
      message: expect.any(String),
    });
    expect(started.sandbox.requests).toHaveLength(0);
  });

  test.each([1.5, 2 ** 31, '2'])('maxRowsPerJob of %j', async (maxRowsPerJob) => {
    await using started = await startGateway();
    const { errors } = await send(started.url, { maxRowsPerJob } as SplitOptions);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(started.sandbox.requests).toHaveLength(0);
  });
});

function namedAs(sandbox: Sandbox, uploadedFileName: string) {
  return namedJobs(sandbox).map((job) => ({ ...job, uploadedFileName }));
}

describe('A split file', () => {
  test.each(cases)('with $name goes up in parts of $maxRowsPerJob, byte for byte', async (given) => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    const { maxRowsPerJob } = given;
    const made = pieces[given.name] as Pieces & { input?: object };
    const file = made.header + made.rows.join('');
    const idempotencyKey = 'split-import-1';
    const request = { file, fileName: 'July.csv', input: made.input };
    const { data, errors } = await send(url, { maxRowsPerJob, idempotencyKey }, request);
    expect(errors).toBeUndefined();
    expect(data.result).toEqual({
      __typename: 'UploadAccepted',
      replayed: false,
      jobs: namedAs(sandbox, 'July.csv'),
      file: {
        name: 'July.csv',
        bytes: Buffer.byteLength(file),
        rows: made.rows.length,
        sha256: sha256Of(file),
        problemCount: 0,
      },
    });
    const parts = slices(made, maxRowsPerJob);
    const sent = uploads(sandbox);
    expect(sent.map(({ fileSha256 }) => fileSha256)).toEqual(parts.map(sha256Of));
    expect(sent.map(({ fileBytes }) => fileBytes)).toEqual(parts.map((part) => Buffer.byteLength(part)));
    expect(sandbox.jobs.list().map(({ rows }) => rows)).toEqual(
      parts.map((_, index) => Math.min(maxRowsPerJob, made.rows.length - index * maxRowsPerJob)),
    );
    expect(sent.map(({ fields }) => fields)).toEqual(parts.map(() => sent[0]?.fields));
    // Without the headers that were repeated it is the file again.
    expect(made.header + parts.map((part) => part.slice(made.header.length)).join('')).toBe(file);
  });

  test('of many blocks is cut at the same rows, and every part has its number', async () => {
    await using started = await startGateway();
    const file = couponFile(12 * 1024 * 1024);
    const [header = '', ...rows] = file.toString().split(/(?<=\n)/);
    const parts = slices({ header, rows }, 1_000);
    const { data } = await send(started.url, { maxRowsPerJob: 1_000 }, { file });
    expect(data.result.file).toMatchObject({ rows: rows.length, sha256: sha256Of(file) });
    const sent = uploads(started.sandbox);
    expect(sent.map(({ fileSha256 }) => fileSha256)).toEqual(parts.map(sha256Of));
    expect(sent.map(({ fileName }) => /r1000\.p(\d{4})\.csv$/.exec(fileName ?? '')?.[1])).toEqual(
      parts.map((_, index) => String(index + 1).padStart(4, '0')),
    );
    expect(data.result.jobs).toHaveLength(13);
  });

  test('goes up one part after the other', async () => {
    await using started = await startGateway();
    const { sandbox } = started;
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 20 } });
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, sandbox.openRequests());
    }, 1);
    const { data } = await send(started.url, { maxRowsPerJob: 1 }).finally(() => clearInterval(watch));
    expect(data.result.jobs).toHaveLength(5);
    expect(most).toBe(1);
    const times = uploads(sandbox).map(({ startedAtMs, endedAtMs = 0 }) => ({ startedAtMs, endedAtMs }));
    for (const [index, { startedAtMs }] of times.slice(1).entries()) {
      expect(startedAtMs).toBeGreaterThanOrEqual(times[index]?.endedAtMs ?? Number.POSITIVE_INFINITY);
    }
  });

  test('is not held back: a part is a job before the client has sent the next one', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    using connection = await openConnection(url);
    const variables = { file: null, input: { ...mobileInput, options: { maxRowsPerJob: 1 } } };
    const form = encodeForm([operationsPart(variables, batch), mapPart(), filePart(five.file)]);
    await connection.write(postHead({ 'content-length': form.length }));
    let sent = 0;
    for (const [index, row] of five.rows.entries()) {
      // The first byte of the next row says that a row is over.
      const upTo = form.indexOf(row) + 1;
      await connection.write(form.subarray(sent, upTo));
      sent = upTo;
      await eventually(() => expect(sandbox.jobs.list()).toHaveLength(index));
    }
    await connection.write(form.subarray(sent));
    const { data } = readGraphQL(await connection.answer());
    expect(data.result.jobs).toEqual(namedAs(sandbox, 'coupons.csv'));
    expect(sandbox.jobs.list()).toHaveLength(5);
  });

  test('is not buffered either: while upstream thinks over a part, the client is held', async () => {
    await using started = await startGateway({ sandbox: { checkRows: false } });
    const { sandbox, url } = started;
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'hang', at: 'after' } });
    const input = { ...mobileInput, options: { maxRowsPerJob: 1024 } };
    const client = uploadOverSocket(url, {
      file: couponFile(64 * 1024 * 1024),
      reads: 'while it sends',
      input,
    });
    client.answer.catch(() => {});
    await eventually(() => expect(uploads(sandbox)[0]?.complete).toBe(true));
    const settled = await steady(client.bytesTaken);
    // What the socket buffers of one connection hold, and a little in the gateway.
    expect(settled).toBeLessThan(24 * 1024 * 1024);
    expect(uploads(sandbox)).toHaveLength(1);
  });

  test('that shows late to be another than the earlier one is told while the rest still comes', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    const options = { idempotencyKey: 'five-parts-1', maxRowsPerJob: 2 };
    await send(url, options);
    for (const { jobId } of sandbox.jobs.list()) sandbox.jobs.finish(jobId);
    const { data } = await send(url, options, { file: couponFile(32 * 1024 * 1024) });
    expect(data.result).toMatchObject({
      __typename: 'InvalidInputError',
      message: expect.stringContaining('1 rows in job 3, and this one has 2'),
    });
    expect(uploads(sandbox)).toHaveLength(3);
  });

  test('of more parts than are numbered stops there, and names the jobs that were made', async () => {
    const inspector = createInspector();
    onTestFinished(() => inspector.close());
    let made = 0;
    const uploadFile = createUploadFile({
      client: {
        async sendUpload({ file, signal }: UploadRequestUpstream) {
          await readToEnd(file, signal);
          made += 1;
          return {
            ok: true,
            job: { kind: 'COUPON_BATCH', couponSeriesId: '1', jobId: made, uploadStatus: '' },
          };
        },
      },
      inspector,
      maxFileBytes: 2 ** 30,
      idleTimeoutMs: 10_000,
      lookPausesMs: [0],
    } as unknown as UploadDeps);
    const file = Readable.from([Buffer.from(`code\n${'A\n'.repeat(10_000)}`)]);
    const result = await uploadFile({
      file: {
        open: async () => ({
          ...{ name: 'a.csv', stream: file, formEnd: Promise.resolve() },
          onArrival: () => () => {},
        }),
        release() {},
      },
      form: { kind: 'COUPON_BATCH', couponSeriesId: '1', customerIdentifier: 'NOT_TAGGED' },
      options: { maxRowsPerJob: 1, dryRun: false },
      credential: {},
      signal: new AbortController().signal,
    } as unknown as FileUpload);
    expect(result).toMatchObject({
      __typename: 'InvalidFileError',
      message: expect.stringContaining('more than 9999 jobs'),
      problems: [{ code: 'TOO_LARGE' }],
    });
    expect(made).toBe(9_999);
    expect('jobs' in result && result.jobs).toHaveLength(9_999);
  });

  test('is watched to its end through one subscription', async () => {
    await using started = await startGateway({
      sandbox: { stepMs: 20 },
      env: { POLL_MIN_INTERVAL_MS: '20', POLL_BUDGET_PER_MINUTE: '6000' },
    });
    const { data } = await send(started.url, { maxRowsPerJob: 2 });
    const ids = data.result.jobs.map(({ id }: { id: string }) => id);
    const client = createClient({ url: started.url, headers: { 'x-cap-api-oauth-token': token } });
    const query = /* GraphQL */ `
      subscription ($ids: [ID!]!) { uploadJobUpdated(ids: $ids) { id status outcome totalUploadedCount } }
    `;
    const last = new Map<string, object>();
    for await (const event of client.iterate({ query, variables: { ids } })) {
      const { id, ...job } = (event.data as { uploadJobUpdated: { id: string } }).uploadJobUpdated;
      last.set(id, job);
    }
    const over = { status: 'FINISHED', outcome: 'SUCCEEDED' };
    expect(ids.map((id: string) => last.get(id))).toEqual(
      [2, 2, 1].map((totalUploadedCount) => ({ ...over, totalUploadedCount })),
    );
  });

  test('has one report over all of it, with lines as they stand in the file', async () => {
    await using started = await startGateway();
    const query = /* GraphQL */ `
      mutation ($file: Upload!, $input: UploadCouponBatchInput!) {
        result: uploadCouponBatch(file: $file, input: $input) {
          ... on UploadAccepted { jobs { id } file { rows problemCount problems { code line } } }
        }
      }
    `;
    const file = `${five.file},A6\n919999999997,A1\n`;
    const input = { ...mobileInput, options: { maxRowsPerJob: 3 } };
    const { data } = await upload(started.url, { query, input, file });
    expect(data.result).toEqual({
      jobs: namedJobs(started.sandbox),
      file: {
        rows: 7,
        problemCount: 3,
        problems: [
          { code: 'DUPLICATE_COUPON', line: 2 },
          { code: 'EMPTY_CELL', line: 7 },
          { code: 'DUPLICATE_COUPON', line: 8 },
        ],
      },
    });
  });
});

/** A number once it no longer grows. */
async function steady(read: () => number): Promise<number> {
  let last = -1;
  await vi.waitFor(
    () => {
      const before = last;
      last = read();
      expect(last).toBe(before);
    },
    { interval: 200, timeout: 10_000 },
  );
  return last;
}
