import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { assertClean } from './support/assert-clean.ts';
import { boundary, csv, encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection, type RawConnection } from './support/raw-connection.ts';
import { postForm, postHead, readGraphQL } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { useGateway } from './support/use-gateway.ts';
import { wholeRequests } from './support/whole-requests.ts';

const idleTimeoutMs = 600;
const maxFileBytes = 4 * 1024 * 1024;

const settings = {
  env: { UPLOAD_IDLE_TIMEOUT_MS: String(idleTimeoutMs), MAX_FILE_BYTES: String(maxFileBytes) },
};

const gateway = useGateway(settings);

/** For tests that wait beside each other. It must be clean in the end, too. */
async function startOwn(): Promise<TestGateway> {
  const own = await startGateway(settings);
  return {
    ...own,
    async [Symbol.asyncDispose]() {
      await assertClean(own).finally(() => own[Symbol.asyncDispose]());
    },
  };
}

/** Uploads that upstream has heard of since `mark` was taken. */
function uploads(mark = 0) {
  return gateway.sandbox.requests.slice(mark).filter(({ call }) => call === 'uploadFile');
}

function mark(): number {
  return gateway.sandbox.requests.length;
}

/** Nothing that upstream got since then was a whole file. */
async function expectNothingWhole(since: number): Promise<void> {
  expect(await wholeRequests(gateway.sandbox, since)).toEqual([]);
}

function rows(bytes: number): string {
  const row = '919999999999,CODE1\r\n';
  return `mobile,coupon\r\n${row.repeat(Math.ceil(bytes / row.length))}`;
}

const file = rows(500_000);
const form = encodeForm([operationsPart(), mapPart(), filePart(file)]);
const fileStart = form.indexOf('mobile,coupon');
const fileEnd = form.lastIndexOf('\r\n--');

describe('A body that ends too early', () => {
  const cuts = [
    { name: 'in the operations', at: 200 },
    { name: 'behind the map', at: form.indexOf('"variables.file"]}') + 18 },
    { name: "in the file's header", at: fileStart - 10 },
    { name: "before the file's first byte", at: fileStart },
    { name: 'in the file', at: fileStart + 300_000 },
    { name: "behind the file's last byte", at: fileEnd },
    { name: 'in the last boundary', at: fileEnd + 10 },
    { name: 'behind the last boundary, before its dashes', at: fileEnd + 4 + boundary.length },
    { name: 'between the dashes of the last boundary', at: fileEnd + 5 + boundary.length },
  ];

  test.each(cuts)('is answered as TRUNCATED, and upstream gets no whole file: $name', async ({ at }) => {
    const since = mark();
    using connection = await openConnection(gateway.url);
    await connection.write(postHead({ 'transfer-encoding': 'chunked' }));
    await connection.write(chunk(form.subarray(0, at)));
    await connection.write('0\r\n\r\n');
    expect(readGraphQL(await connection.answer())).toMatchObject({ status: 400, code: 'TRUNCATED' });
    await expectNothingWhole(since);
  });

  test.each(cuts)(
    'is answered all the same to a client that closed its half of the connection: $name',
    async ({ at }) => {
      const since = mark();
      using connection = await openConnection(gateway.url);
      await connection.write(postHead({ 'content-length': form.length }));
      await connection.write(form.subarray(0, at));
      connection.socket.end();
      expect(readGraphQL(await connection.answer())).toMatchObject({ status: 400, code: 'TRUNCATED' });
      await expectNothingWhole(since);
    },
  );

  test('destroys the upload upstream', async () => {
    using connection = await openConnection(gateway.url);
    await connection.write(postHead({ 'transfer-encoding': 'chunked' }));
    await connection.write(chunk(form.subarray(0, fileStart + 300_000)));
    const upload = await gateway.sandbox.received(100_000);
    await connection.write('0\r\n\r\n');
    expect(readGraphQL(await connection.answer())).toMatchObject({
      code: 'TRUNCATED',
      // Parts of a split file may have been uploaded.
      message: 'The request ended before its last boundary. Send it again.',
    });
    expect(await upload.done).toMatchObject({ complete: false, aborted: true });
  });
});

describe('A malformed part', () => {
  const head = 'Content-Disposition: form-data; name="0"; filename="a.csv"\r\n';
  const fields = encodeForm([operationsPart(), mapPart()], `\r\n--${boundary}\r\n`);

  test.each([
    { name: 'without any name', header: ': x\r\n\r\n' },
    { name: 'with a control character', header: `${head}X-\u0001: b\r\n\r\n` },
    { name: 'with a line that is no header', header: `${head}no header\r\n\r\n` },
    { name: 'longer than 16 kB', header: `${head}X-A: ${'a'.repeat(20_000)}\r\n\r\n` },
    { name: 'with a bare carriage return', header: `${head}X-A: b\rc\r\n\r\n` },
  ])(
    'is refused by name and harms nobody else, whether first or after the map: a header $name',
    async ({ header }) => {
      const since = mark();
      for (const before of [Buffer.from(`--${boundary}\r\n`), fields]) {
        const answer = await postForm(
          gateway.url,
          Buffer.concat([before, Buffer.from(`${header}${csv}\r\n--${boundary}--\r\n`)]),
        );
        expect(readGraphQL(answer)).toMatchObject({
          status: 400,
          code: 'BAD_REQUEST',
          message: expect.stringContaining('Malformed part header'),
        });
      }
      expect(uploads(since)).toEqual([]);
    },
  );

  test('after a whole file leaves nothing whole upstream', async () => {
    const since = mark();
    const answer = await postForm(
      gateway.url,
      encodeForm([operationsPart(), mapPart(), filePart()], `\r\n--${boundary}\r\n: x\r\n\r\n`),
    );
    expect(readGraphQL(answer)).toMatchObject({ status: 400 });
    await expectNothingWhole(since);
  });

  test.each([
    { name: 'malformed', end: `\r\n--${boundary}\r\n: x\r\n\r\n` },
    {
      name: 'cut',
      end: `\r\n--${boundary}\r\nContent-Disposition: form-data; name="x"; filename="x"\r\n\r\nx`,
    },
  ])('after a whole and an extra file leaves nothing whole upstream: $name', async ({ end }) => {
    const since = mark();
    const parts = [operationsPart(), mapPart(), filePart(), filePart(csv, 'extra')];
    expect(readGraphQL(await postForm(gateway.url, encodeForm(parts, end)))).toMatchObject({ status: 400 });
    await expectNothingWhole(since);
  });
});

describe('A client that is gone', () => {
  test('within its headers leaves nothing', async () => {
    const since = mark();
    const connection = await openConnection(gateway.url);
    await connection.write(postHead({ 'content-length': 10 }).slice(0, 60));
    connection.socket.destroy();
    await assertClean(gateway);
    expect(uploads(since)).toEqual([]);
  });

  test.each([
    { name: 'before the map', at: 200 },
    { name: 'before the file', at: fileStart - 10 },
  ])('$name leaves nothing', async ({ at }) => {
    const since = mark();
    const connection = await openConnection(gateway.url);
    await connection.write(postHead({ 'content-length': form.length }));
    await connection.write(form.subarray(0, at));
    connection.socket.destroy();
    await assertClean(gateway);
    expect(uploads(since)).toEqual([]);
  });

  test.each([
    { name: 'by closing', leave: ({ socket }: RawConnection) => socket.destroy() },
    { name: 'by a reset', leave: ({ socket }: RawConnection) => socket.resetAndDestroy() },
  ])('in the middle of the file takes the upload upstream along: $name', async ({ leave }) => {
    const connection = await openConnection(gateway.url);
    await connection.write(postHead({ 'content-length': form.length }));
    await connection.write(form.subarray(0, fileStart + 300_000));
    const upload = await gateway.sandbox.received(100_000);
    const leftAt = performance.now();
    leave(connection);
    expect(await upload.done).toMatchObject({ complete: false, aborted: true });
    expect(performance.now() - leftAt).toBeLessThan(2_000);
  });

  test('behind the last byte, while upstream thinks, takes the upload along', async () => {
    gateway.sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'hang', at: 'after' } });
    const connection = await openConnection(gateway.url);
    await connection.write(postHead({ 'content-length': form.length }));
    await connection.write(form);
    const upload = await gateway.sandbox.received(file.length);
    const leftAt = performance.now();
    connection.socket.destroy();
    expect(await upload.done).toMatchObject({ aborted: true, status: undefined });
    expect(performance.now() - leftAt).toBeLessThan(2_000);
  });

  test('is not logged as a fault of ours', async () => {
    await using own = await startGateway();
    const connection = await openConnection(own.url);
    await connection.write(postHead({ 'content-length': form.length }));
    await connection.write(form.subarray(0, fileStart + 300_000));
    const upload = await own.sandbox.received(100_000);
    connection.socket.destroy();
    await upload.done;
    await assertClean(own);
    expect(own.log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  });
});

describe.concurrent('A client that stalls', () => {
  test.each([
    { name: 'before the form', at: 0, says: /"operations" and "map"/ },
    { name: 'in the operations', at: 200, says: /"operations" and "map"/ },
    { name: 'before the map', at: form.indexOf('name="map"'), says: /"operations" and "map"/ },
    { name: 'before the file', at: fileStart - 10, says: /did not begin to arrive/ },
    { name: "before the file's first byte", at: fileStart, says: /did not begin to arrive/ },
    { name: 'in the file', at: fileStart + 300_000, says: /No byte of the file/ },
    { name: 'before the last boundary', at: fileEnd, says: /No byte of the file/ },
    { name: 'in the last boundary', at: form.length - 5, says: /No byte of the file/ },
  ])('is told REQUEST_TIMEOUT, and upstream gets no whole file: $name', async ({ at, says }) => {
    await using own = await startOwn();
    using connection = await openConnection(own.url);
    await connection.write(postHead({ 'content-length': form.length }));
    await connection.write(form.subarray(0, at));
    const answer = await connection.answer();
    expect(readGraphQL(answer)).toMatchObject({
      status: 408,
      code: 'REQUEST_TIMEOUT',
      message: expect.stringMatching(says),
    });
    expect(answer.headers['connection']).toBe('close');
    expect(await wholeRequests(own.sandbox)).toEqual([]);
  });

  test('is not one that is slow: as long as something comes, it may take its time', async () => {
    await using own = await startOwn();
    using connection = await openConnection(own.url);
    await connection.write(postHead({ 'content-length': form.length }));
    await connection.write(form.subarray(0, fileStart));
    const pieces = 8;
    for (let piece = 0; piece < pieces; piece++) {
      const cut = (share: number) => fileStart + Math.floor(((form.length - fileStart) * share) / pieces);
      await pause(idleTimeoutMs / 4);
      await connection.write(form.subarray(cut(piece), cut(piece + 1)));
    }
    expect(readGraphQL(await connection.answer()).data.uploadCouponBatch.__typename).toBe('UploadAccepted');
  });

  test('is not one whose last boundary alone takes longer, byte by byte at its end', async () => {
    await using own = await startOwn();
    using connection = await openConnection(own.url);
    await connection.write(postHead({ 'content-length': form.length }));
    await connection.write(form.subarray(0, fileEnd));
    const dashes = form.length - 4;
    const cuts = [fileEnd + 1, fileEnd + 2, fileEnd + 4, fileEnd + 9, fileEnd + 14, dashes];
    let from = fileEnd;
    for (const to of [...cuts, dashes + 1, dashes + 2, dashes + 3, dashes + 4]) {
      await pause(idleTimeoutMs / 4);
      await connection.write(form.subarray(from, to));
      from = to;
    }
    expect(readGraphQL(await connection.answer()).data.uploadCouponBatch.__typename).toBe('UploadAccepted');
  });

  test.each([
    { name: 'behind its last boundary', sent: form },
    {
      name: 'in a part that nobody asked for',
      sent: encodeForm([operationsPart(), mapPart(), filePart(), filePart('', 'x')], ''),
    },
  ])('is one that goes on for ever, a byte at a time: $name', async ({ sent }) => {
    await using own = await startOwn();
    using connection = await openConnection(own.url);
    await connection.write(postHead({ 'transfer-encoding': 'chunked' }));
    await connection.write(chunk(sent));
    const startedAt = performance.now();
    const timer = setInterval(() => connection.socket.write(chunk(Buffer.from('x'))), idleTimeoutMs / 6);
    const answer = await connection.answer().finally(() => clearInterval(timer));
    expect(readGraphQL(answer)).toMatchObject({
      status: 408,
      code: 'REQUEST_TIMEOUT',
      message: `The request did not end within ${4 * idleTimeoutMs} ms of its file.`,
    });
    expect(performance.now() - startedAt).toBeGreaterThan(3 * idleTimeoutMs);
    expect(await wholeRequests(own.sandbox)).toEqual([]);
  });

  test('is one that sends all but its file, a byte at a time', async () => {
    await using own = await startOwn();
    using connection = await openConnection(own.url);
    await connection.write(postHead({ 'transfer-encoding': 'chunked' }));
    await connection.write(chunk(encodeForm([operationsPart(), mapPart(), { name: 'note', value: '' }], '')));
    const timer = setInterval(() => connection.socket.write(chunk(Buffer.from('x'))), idleTimeoutMs / 6);
    const answer = await connection.answer().finally(() => clearInterval(timer));
    expect(readGraphQL(answer)).toMatchObject({
      status: 408,
      code: 'REQUEST_TIMEOUT',
      message: `The file did not begin to arrive within ${4 * idleTimeoutMs} ms.`,
    });
    expect(own.sandbox.requests).toEqual([]);
  });
});

describe('The largest file', () => {
  const largest = Buffer.from(rows(maxFileBytes)).subarray(0, maxFileBytes);

  test('is one of exactly MAX_FILE_BYTES', async () => {
    const since = mark();
    const answer = await postForm(gateway.url, encodeForm([operationsPart(), mapPart(), filePart(largest)]));
    expect(readGraphQL(answer).data.uploadCouponBatch).toMatchObject({
      __typename: 'UploadAccepted',
      file: { bytes: maxFileBytes },
    });
    expect(uploads(since)).toMatchObject([{ complete: true, fileBytes: maxFileBytes }]);
  });

  test('with one byte more is refused as TOO_LARGE, and is not whole upstream', async () => {
    const since = mark();
    const tooLarge = Buffer.concat([largest, Buffer.from('x')]);
    const answer = await postForm(gateway.url, encodeForm([operationsPart(), mapPart(), filePart(tooLarge)]));
    expect(readGraphQL(answer)).toMatchObject({
      status: 200,
      data: {
        uploadCouponBatch: {
          __typename: 'InvalidFileError',
          message: expect.stringContaining(String(maxFileBytes)),
          problemCount: 1,
          problems: [{ code: 'TOO_LARGE', line: null, column: null }],
        },
      },
    });
    const [upload] = uploads(since);
    expect(await upload?.done).toMatchObject({ complete: false, aborted: true });
  });
});

describe('After all that', () => {
  test('no timer of an upload is left', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    await postForm(gateway.url, form);
    const before = timers();
    for (let turn = 0; turn < 20; turn++) {
      const connection = await openConnection(gateway.url);
      await connection.write(postHead({ 'content-length': form.length }));
      await connection.write(form.subarray(0, fileStart + 300_000));
      const upload = await gateway.sandbox.received(1);
      connection.socket.destroy();
      await upload.done;
    }
    await assertClean(gateway);
    expect(timers()).toBeLessThan(before + 10);
  });
});

function chunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}
