import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../src/sandbox/create-sandbox.ts';
import {
  closing,
  type Form,
  formBody,
  get,
  openUpload,
  paths,
  redeemedFields,
  untagged,
  upload,
} from './support/sandbox-upload.ts';
import { sha256Of } from './support/sha256-of.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox();
  sandbox.jobs.hold();
});
afterEach(() => sandbox.close());

const refusedForms: readonly (readonly [name: string, form: Form])[] = [
  ['no file part', {}],
  ['no customerIdentifier', { fields: {}, file: 'h\na\n' }],
  ['an unknown customerIdentifier', { fields: { customerIdentifier: 'PHONE' }, file: 'h\na\n' }],
  [
    'a column that is no number',
    { fields: { customerIdentifier: 'EMAIL', customerIdentifierColumn: 'x' }, file: 'h\n' },
  ],
  [
    'a negative column',
    { fields: { customerIdentifier: 'EMAIL', customerIdentifierColumn: '-1' }, file: 'h\n' },
  ],
  ['NOT_TAGGED for redeemed coupons', redeemed({ customerIdentifier: 'NOT_TAGGED' })],
  ['no couponIdentifier', redeemed({ couponIdentifier: '' })],
  ['uploadHeaders that is no JSON', redeemed({ uploadHeaders: '{' })],
  ['uploadHeaders that is a list', redeemed({ uploadHeaders: '[0]' })],
  ['uploadHeaders with a text for a column', redeemed({ uploadHeaders: '{"redeemedDateInMillis":"0"}' })],
  ['uploadHeaders with an unknown key', redeemed({ uploadHeaders: '{"userid":0}' })],
  ['uploadHeaders without the identifier', redeemed({ customerIdentifier: 'EMAIL' })],
];

function redeemed(fields: Record<string, string>): Form {
  return { path: paths.redeemed, fields: { ...redeemedFields, ...fields }, file: 'h\n' };
}

describe('an upload that is refused', () => {
  test.each(refusedForms)('%s: 400, and no job', async (_name, form) => {
    const answer = await upload(sandbox, form);
    expect(answer.json).toEqual({ success: false, status: 400, message: expect.any(String) });
    expect(answer.status).toBe(400);
    expect(sandbox.jobs.list()).toEqual([]);
  });

  test('a body that ends before its closing boundary: 400, no job, recorded as incomplete', async () => {
    const body = formBody({ file: 'h\na\nb\n' });
    const cut = body.subarray(0, body.length - closing.length);
    const ended = sandbox.nextRequest('uploadFile');
    openUpload(sandbox, cut.length).write(cut);
    expect(await ended).toMatchObject({
      status: 400,
      complete: false,
      aborted: false,
      receivedBytes: cut.length,
    });
    expect(sandbox.jobs.list()).toEqual([]);
  });

  test('a socket cut in the file: no job, no answer, its codes stay free', async () => {
    const body = formBody({ file: 'h\naaa\nbbb\n' });
    const part = body.subarray(0, body.length - closing.length - 4);
    const received = sandbox.received(5);
    const ended = sandbox.nextRequest('uploadFile');
    const socket = openUpload(sandbox, body.length);
    socket.write(part);
    await received;
    expect(sandbox.openRequests()).toBe(1);
    socket.destroy();
    expect(await ended).toMatchObject({
      status: undefined,
      complete: false,
      aborted: true,
      fileSha256: expect.any(String),
    });
    expect(sandbox.openRequests()).toBe(0);
    expect(sandbox.jobs.list()).toEqual([]);

    await upload(sandbox, { file: 'h\naaa\nbbb\n' });
    expect(sandbox.jobs.list()).toMatchObject([{ rows: 2, errors: 0 }]);
  });

  test('a malformed part header: 400, and the sandbox lives on', async () => {
    const body = Buffer.from(`--sandbox-test-boundary\r\n\x01: x\r\n\r\nx\r\n${closing}`);
    const ended = sandbox.nextRequest('uploadFile');
    openUpload(sandbox, body.length).write(body);
    expect(await ended).toMatchObject({ status: 400, complete: false });
    expect((await upload(sandbox, { file: 'h\na\n' })).status).toBe(200);
  });
});

const rowCases: readonly (readonly [
  name: string,
  fields: Record<string, string>,
  file: string,
  rows: number,
  errors: readonly [number, string][],
])[] = [
  [
    'a repeated code fails in every row',
    untagged,
    'h\nA\nB\n a \n',
    3,
    [
      [1, 'duplicate coupons provided in the same file'],
      [3, 'duplicate coupons provided in the same file'],
    ],
  ],
  [
    'three times the same code',
    untagged,
    'h\nA\nA\nA\n',
    3,
    [
      [1, 'duplicate coupons provided in the same file'],
      [2, 'duplicate coupons provided in the same file'],
      [3, 'duplicate coupons provided in the same file'],
    ],
  ],
  [
    'a repeated code outside ASCII, in another case',
    untagged,
    'h\nÄÖ\näö\n',
    2,
    [
      [1, 'duplicate coupons provided in the same file'],
      [2, 'duplicate coupons provided in the same file'],
    ],
  ],
  ['an empty code', untagged, 'h,x\n,1\nB,2\n', 2, [[1, 'coupon code is missing']]],
  [
    'a code of an earlier job',
    untagged,
    'h\nUSED\nnew\n',
    2,
    [[1, 'coupon code already used in this org - duplicate coupons created entry']],
  ],
  [
    'a code of an earlier job, tagged',
    { customerIdentifier: 'MOBILE', customerIdentifierColumn: '0' },
    'm,c\n91,used\n92,new\n',
    2,
    [[1, 'Coupon code is already used in this org']],
  ],
  [
    'a missing user',
    { customerIdentifier: 'USER_ID', customerIdentifierColumn: '1' },
    'c,u\na,1\nb,\n',
    2,
    [[2, 'userid is not valid or is inactive']],
  ],
  [
    'a missing mobile',
    { customerIdentifier: 'MOBILE', customerIdentifierColumn: '0' },
    'm,c\nunknown,a\n91,b\n',
    2,
    [[1, 'user does not exist with the provided mobile']],
  ],
  [
    'a missing email',
    { customerIdentifier: 'EMAIL', customerIdentifierColumn: '0' },
    'e,c\nx@unknown.example,a\n',
    1,
    [[1, 'User does not with the provided email']],
  ],
  [
    'a missing external id, identifiers only',
    { customerIdentifier: 'EXTERNAL_ID', customerIdentifierColumn: '0' },
    'id\nunknown-7\n8\n8\n',
    3,
    [[1, 'user does not exist with the provided external id']],
  ],
  [
    'a row that repeats a failed row counts each once',
    { customerIdentifier: 'MOBILE', customerIdentifierColumn: '0' },
    'm,c\nunknown,a\n91,A\n92,b\n',
    3,
    [
      [1, 'user does not exist with the provided mobile'],
      [2, 'duplicate coupons provided in the same file'],
    ],
  ],
  ['the header is not counted, and not read', untagged, 'A\nA\n', 1, []],
];

describe('rows of a coupon upload', () => {
  test.each(rowCases)('%s', async (_name, fields, file, rows, errors) => {
    await upload(sandbox, { fields: untagged, file: 'h\nused\n' });
    const answer = await upload(sandbox, { fields, file });
    const job = sandbox.jobs.get(answer.json.result.uploadJobStatuses[0].jobId);
    expect(job.errorRows.map(({ row, message }) => [row, message])).toEqual(errors);
    expect(job).toMatchObject({ rows, errors: errors.length });
  });

  test('codes are unique in the org, not beyond it', async () => {
    await using other = await createSandbox({ tokens: { one: { orgId: 1 }, two: { orgId: 2 } } });
    for (const token of ['one', 'two', 'one']) await upload(other, { token, file: 'h\na\n' });
    expect(other.jobs.list().map((job) => job.errors)).toEqual([0, 0, 1]);
  });

  test('two uploads at once that bring the same code: the one that ends first has it', async () => {
    const body = formBody({ file: 'h\nsame\n' });
    const socket = openUpload(sandbox, body.length);
    const received = sandbox.received(5);
    socket.write(body.subarray(0, body.length - closing.length - 2));
    await received;
    await upload(sandbox, { file: 'h\nsame\n' });
    const ended = sandbox.nextRequest('uploadFile');
    socket.write(body.subarray(body.length - closing.length - 2));
    await ended;
    socket.destroy();
    expect(sandbox.jobs.list().map((job) => job.errors)).toEqual([0, 1]);
  });

  test('past maxKeptCodes rows still count, but their duplicates are not found', async () => {
    await using small = await createSandbox({ maxKeptCodes: 2 });
    await upload(small, { file: 'h\na\nb\nc\nc\na\n' });
    expect(small.jobs.list()).toMatchObject([{ rows: 5, errors: 2 }]);
  });

  test('a list of customers of its own decides who is missing', async () => {
    const customerExists = (value: string) => value === '91';
    await using own = await createSandbox({ customerExists });
    const fields = { customerIdentifier: 'MOBILE', customerIdentifierColumn: '1' };
    await upload(own, { fields, file: 'c,m\na,91\nb,92\n' });
    expect(own.jobs.list()).toMatchObject([{ rows: 2, errors: 1 }]);
  });

  test('checkRows: false counts bytes only', async () => {
    await using sink = await createSandbox({ checkRows: false });
    await upload(sink, { file: 'h\na\na\n' });
    expect(sink.jobs.list()).toMatchObject([{ rows: 0, errors: 0 }]);
    expect(sink.requests[0]).toMatchObject({ fileBytes: 6, complete: true });
  });

  test('fields after the file serve as well', async () => {
    await upload(sandbox, { file: 'h\na\na\n', fieldsLast: true });
    expect(sandbox.jobs.list()).toMatchObject([{ rows: 2, errors: 2 }]);
  });
});

test('rows of a redeemed upload: short, with a bad date, without a coupon, of a missing user', async () => {
  const file = 'd,t,u,c\n1603128622000,5,23,4\nx,5,23,4\n1603128622000,5\n1,5,23,\n1,5,unknown,4\n';
  await upload(sandbox, { path: paths.redeemed, fields: redeemedFields, file });
  const [job] = sandbox.jobs.list();
  expect(job?.errorRows.map(({ row, message }) => [row, message])).toEqual([
    [2, 'redeemed date in millis is not a number'],
    [3, 'row has fewer columns than uploadHeaders names'],
    [4, 'coupon id or code is missing'],
    [5, 'userid is not valid or is inactive'],
  ]);
  expect(job).toMatchObject({ rows: 5, errors: 4 });
});

describe('the answer to an upload', () => {
  test('of coupons has the documented shape', async () => {
    const answer = await upload(sandbox, {
      file: 'h\na\n',
      fileName: 'Grüße "1".key.csv'.replaceAll('"', '\\"'),
    });
    const [job] = sandbox.jobs.list();
    const stored = `Grüße "1".key_${job?.createdMs}_541854.csv`;
    expect(answer.headers['x-cap-requestid']).toMatch(/^[\da-f-]{36}$/);
    expect(answer.text).toBe(
      JSON.stringify({
        success: true,
        status: 200,
        result: {
          orgId: 100458,
          couponSeriesId: 541854,
          uploadJobStatuses: [
            {
              jobId: job?.jobId,
              uploadStatus: 'STARTED',
              createdOn: String(job?.createdMs),
              updatedOn: String(job?.createdMs),
              errorFileUrl: null,
              successFileUrl: null,
              uploadedFileUrl: stored,
              totalUploadedCount: 0,
              actualRowCount: 0,
              errorCount: 0,
              uploadTableName: null,
              uploadedFileName: 'Grüße "1".key.csv',
              audienceGroupId: 0,
              audienceGroupVersionId: 0,
            },
          ],
          fileName: stored,
        },
      }),
    );
  });

  test('of redeemed coupons has its own list name, status field and file name, and no audience', async () => {
    const file = 'd,t,u,c\n1,2,3,4\n';
    const answer = await upload(sandbox, {
      path: paths.redeemed,
      fields: redeemedFields,
      file,
      fileName: 'r.csv',
    });
    const [job] = sandbox.jobs.list();
    const stored = `r_${job?.createdMs}_541854.csv`;
    expect(Object.keys(answer.json.result)).toEqual([
      'orgId',
      'couponSeriesId',
      'redeemUploadJobStatuses',
      'fileName',
    ]);
    expect(answer.json.result.redeemUploadJobStatuses).toEqual([
      {
        jobId: job?.jobId,
        uploadRedeemedCouponStatus: 'QUEUED',
        createdOn: String(job?.createdMs),
        updatedOn: String(job?.createdMs),
        errorFileUrl: null,
        successFileUrl: null,
        uploadedFileUrl: stored,
        totalUploadedCount: 0,
        actualRowCount: 0,
        errorCount: 0,
        uploadTableName: null,
        uploadedFileName: stored,
      },
    ]);
  });

  test('writes a series id past 2^53 to the digit', async () => {
    await upload(sandbox, { path: '/coupon/api/v1/upload/file/9007199254740993', file: 'h\na\n' });
    const answer = await get(sandbox, '/coupon/api/v1/upload/getUploadStatus/9007199254740993');
    expect(answer.text).toContain('"couponSeriesId":9007199254740993,');
  });
});

test('a file of some megabytes arrives to the byte', async () => {
  const row = Buffer.from('CODE-0000001,some text\r\n');
  const file = Buffer.concat(Array.from({ length: 200_000 }, () => row));
  await upload(sandbox, { file });
  expect(sandbox.requests[0]).toMatchObject({
    fileBytes: file.length,
    fileSha256: sha256Of(file),
    complete: true,
    aborted: false,
  });
  expect(sandbox.jobs.list()).toMatchObject([{ rows: 199_999, errors: 199_999 }]);
  expect(sandbox.jobs.list()[0]?.errorRows).toHaveLength(1000);
});
