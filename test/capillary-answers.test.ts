import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { CapillaryError, type CapillaryErrorCode } from '../src/capillary/capillary-error.ts';
import { readJobs } from '../src/capillary/read-answer.ts';
import { readRetryAfter } from '../src/capillary/read-retry-after.ts';
import type { UpstreamAnswer } from '../src/capillary/upstream-answer.ts';
import type { UploadKind } from '../src/capillary/upstream-job.ts';
import { couponStatus, couponUpload, redeemedStatus, redeemedUpload } from './support/documented-answers.ts';

const html = '<!DOCTYPE html><html><head><title>Edge</title></head><body>Ray ID: 7</body></html>';

function answer(body: unknown, part: Partial<UpstreamAnswer> = {}): UpstreamAnswer {
  return { status: 200, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body), ...part };
}

function failure(given: UpstreamAnswer, kind: UploadKind = 'COUPON_BATCH'): CapillaryError {
  try {
    readJobs(kind, given, '541854');
  } catch (error) {
    if (error instanceof CapillaryError) return error;
    throw error;
  }
  throw new Error('The answer was taken for a good one.');
}

interface RefusalCase {
  readonly name: string;
  readonly status?: number;
  readonly body: unknown;
  readonly code: CapillaryErrorCode;
  readonly explicit: boolean;
  readonly httpStatus?: number;
  readonly upstreamCode?: string;
  readonly upstreamMessage?: string;
}

const unavailable = { code: 'UPSTREAM_UNAVAILABLE' } as const;
const invalid = { code: 'UPSTREAM_INVALID_RESPONSE', explicit: false } as const;
const rejected = { code: 'REJECTED', explicit: true } as const;
const refusedToken = { code: 'UNAUTHENTICATED', explicit: true } as const;

const refusals: readonly RefusalCase[] = [
  {
    name: '400 with a flat body',
    status: 400,
    body: { success: false, status: 400, message: 'Incorrect or invalid input.' },
    ...rejected,
    upstreamCode: '400',
    upstreamMessage: 'Incorrect or invalid input.',
  },
  {
    name: 'a flat 400 under HTTP 200',
    body: { success: false, status: 400, message: 'Incorrect or invalid input.' },
    ...rejected,
    httpStatus: 400,
  },
  {
    name: 'success false under HTTP 200 and status 200',
    body: { success: false, status: 200, message: 'No.' },
    ...rejected,
    httpStatus: 200,
    upstreamMessage: 'No.',
  },
  {
    name: 'a flat 500 under HTTP 200',
    body: { success: false, status: 500, message: 'Unable to post or retrieve details.' },
    ...unavailable,
    explicit: true,
    httpStatus: 500,
  },
  {
    name: 'code 401 beside success "true"',
    body: { status: { code: '401', success: 'true', message: 'Unauthorized' } },
    ...refusedToken,
    httpStatus: 401,
    upstreamMessage: 'Unauthorized',
  },
  {
    name: 'an expired token, 498 in the body of HTTP 200',
    body: { status: { code: 498, success: false, message: 'Token expired at 2024-05-27T12:06:13' } },
    ...refusedToken,
    httpStatus: 498,
  },
  {
    name: 'an expired token under response',
    body: { response: { status: { code: 498, success: 'true', message: 'Token expired at noon' } } },
    ...refusedToken,
    httpStatus: 498,
    upstreamMessage: 'Token expired at noon',
  },
  {
    name: 'an expired token inside HTTP 400',
    status: 400,
    body: { status: { code: 498, success: false, message: 'Token expired' } },
    ...refusedToken,
    httpStatus: 498,
  },
  { name: 'HTTP 401 without a body', status: 401, body: '', code: 'UNAUTHENTICATED', explicit: false },
  {
    name: 'HTTP 401 around a good list',
    status: 401,
    body: couponStatus,
    code: 'UNAUTHENTICATED',
    explicit: false,
  },
  {
    name: 'a token without the scope',
    body: { response: { status: { success: false, code: 403, message: "Client doesn't have access" } } },
    code: 'FORBIDDEN',
    explicit: true,
    httpStatus: 403,
  },
  {
    name: 'an access group, 4000',
    status: 403,
    body: { errors: [{ code: 4000, message: 'Not authorized. Access is denied!' }], data: null },
    code: 'FORBIDDEN',
    explicit: true,
    upstreamCode: '4000',
    upstreamMessage: 'Not authorized. Access is denied!',
  },
  {
    name: 'an access group, 4000, under HTTP 200',
    body: { status: { code: 4000, success: false, message: 'Not authorized. Access is denied!' } },
    code: 'FORBIDDEN',
    explicit: true,
    httpStatus: 403,
    upstreamCode: '4000',
  },
  { name: 'the HTML 403 of a CDN', status: 403, body: html, code: 'FORBIDDEN', explicit: false },
  {
    name: 'the access check being down, 4001',
    status: 503,
    body: { errors: [{ code: 4001, message: 'Authorization status unavailable!' }], data: null },
    ...unavailable,
    explicit: true,
    httpStatus: 503,
    upstreamCode: '4001',
  },
  {
    name: 'the access check being down under HTTP 200',
    body: { status: { code: 4001, success: false, message: 'Authorization status unavailable!' } },
    ...unavailable,
    explicit: true,
    httpStatus: 503,
  },
  { name: 'HTTP 429 without a body', status: 429, body: '', code: 'RATE_LIMITED', explicit: false },
  {
    name: 'a rate limit in the body',
    body: { success: false, status: 429, message: 'Too many requests' },
    code: 'RATE_LIMITED',
    explicit: true,
    httpStatus: 429,
  },
  { name: 'the HTML 502 of a CDN', status: 502, body: html, ...unavailable, explicit: false },
  { name: 'HTTP 500 with {}', status: 500, body: {}, ...unavailable, explicit: false },
  { name: 'HTTP 501 as HTML', status: 501, body: html, ...unavailable, explicit: false },
  {
    name: 'HTTP 500 with a refusal by JSON',
    status: 500,
    body: { success: false, status: 500, message: 'Unable to post or retrieve details.' },
    ...unavailable,
    explicit: true,
  },
  {
    name: 'HTTP 503 around a milder body',
    status: 503,
    body: { success: false, status: 400, message: 'x' },
    ...unavailable,
    explicit: true,
    httpStatus: 503,
  },
  {
    name: 'an unknown series, service code 501 under HTTP 200',
    body: { success: false, status: 501, message: 'invalid coupon_series_id for org id' },
    ...rejected,
    httpStatus: 501,
    upstreamCode: '501',
  },
  {
    name: 'an unknown series under HTTP 500',
    status: 500,
    body: { status: { code: 501, success: false, message: 'invalid coupon_series_id for org id' } },
    ...rejected,
  },
  {
    name: 'errors in a list',
    body: { errors: [{ code: 8015, message: 'Wrong column' }, { message: 'No rows' }], data: null },
    ...rejected,
    upstreamCode: '8015',
    upstreamMessage: 'Wrong column; No rows',
  },
  {
    name: 'errors that are bare texts',
    body: { errors: ['Wrong column'] },
    ...rejected,
    upstreamMessage: 'Wrong column',
  },
  {
    name: "a web framework's 404",
    status: 404,
    body: { timestamp: 1717651325445, status: 404, error: 'Not Found', path: '/coupon' },
    ...rejected,
    upstreamMessage: 'Not Found',
  },
  { name: 'HTTP 404 as HTML', status: 404, body: html, code: 'REJECTED', explicit: false },
  { name: 'HTTP 405 without a body', status: 405, body: '', code: 'REJECTED', explicit: false },
  { name: 'HTTP 413 without a body', status: 413, body: '', code: 'REJECTED', explicit: false },
  { name: 'HTTP 415 with {}', status: 415, body: {}, code: 'REJECTED', explicit: false },
  { name: 'HTTP 408', status: 408, body: '', code: 'UPSTREAM_TIMEOUT', explicit: false },
  { name: 'a redirect', status: 302, body: '', ...invalid },
  { name: 'HTTP 200 with {}', body: {}, ...invalid },
  { name: 'HTTP 200 as HTML', body: html, ...invalid },
  { name: 'HTTP 200 without a body', body: '', ...invalid },
  { name: 'HTTP 204', status: 204, body: '', ...invalid },
  { name: 'JSON that stops short', body: '{"success":true,"status":200,"result":{"or', ...invalid },
  { name: 'a JSON list', body: [couponStatus], ...invalid },
  { name: 'a JSON null', body: 'null', ...invalid },
  { name: 'a JSON text', body: '"ok"', ...invalid },
  { name: 'success without a result', body: { success: true, status: 200 }, ...invalid },
  { name: 'a result without a list', body: { success: true, status: 200, result: { orgId: 1 } }, ...invalid },
  { name: 'a list that is an object', body: { result: { uploadJobStatuses: { jobId: 1 } } }, ...invalid },
  { name: "the other kind's list", body: redeemedStatus, ...invalid },
  {
    name: 'a list of nothing usable',
    body: { result: { uploadJobStatuses: [{}, null, 'x', { jobId: 'abc' }, { jobId: -1 }, { jobId: 1.5 }] } },
    ...invalid,
  },
];

describe('An answer that is a refusal or not an answer', () => {
  test.each(refusals)('$name is $code', ({ name: _, status = 200, body, ...expected }) => {
    expect(failure(answer(body, { status }))).toMatchObject({ httpStatus: status, ...expected });
  });

  test.each(refusals)('$name is told in a short sentence without markup', ({ status = 200, body }) => {
    const { message } = failure(answer(body, { status }));
    expect(message).toMatch(/^Capillary.{10,200}$/);
    expect(inspect(failure(answer(body, { status })), { depth: 10 })).not.toContain('Ray ID');
  });

  test('keeps at most 500 characters of a message, and no control characters', () => {
    const message = `\u0000\u001b[31mred\r\nline\u202e ${'ß😀'.repeat(5000)}`;
    const { upstreamMessage = '' } = failure(answer({ success: false, status: 400, message }));
    expect(upstreamMessage).toMatch(/^\[31mred line ß😀.*…$/u);
    expect(upstreamMessage.length).toBeLessThanOrEqual(500);
    expect(upstreamMessage.isWellFormed()).toBe(true);
  });

  test('says so when it is compressed, which only a proxy would do unasked', () => {
    const body = gzipSync(JSON.stringify(couponStatus)).toString();
    const { message } = failure(answer(body, { headers: { 'content-encoding': 'gzip' } }));
    expect(message).toContain('it is compressed');
  });

  test('drops a message that is HTML', () => {
    const error = failure(answer({ success: false, status: 400, message: html }));
    expect(error.upstreamMessage).toBeUndefined();
    expect(error.message).toBe('Capillary rejected the request (status 400).');
  });

  test('does not repeat a token that upstream echoes', () => {
    const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJvcmdfaWQiOjF9.c2lnbmF0dXJl';
    const body = { success: false, status: 401, message: `Invalid token ${jwt} or opaque-secret-1` };
    const error = failure(answer(body, { secrets: ['opaque-secret-1'] }));
    expect(error.upstreamMessage).toBe('Invalid token [redacted] or [redacted]');
    expect(inspect(error, { depth: 10 })).not.toMatch(/eyJ|opaque-secret/);
  });

  test('names the request by X-Cap-Requestid, bounded and without strange characters', () => {
    const id = (value: string | string[]) =>
      failure(answer('', { status: 500, headers: { 'x-cap-requestid': value } })).requestId;
    expect(id('a1b2-c3')).toBe('a1b2-c3');
    expect(id(['first', 'second'])).toBe('first');
    expect(id(`<b>${'x'.repeat(1000)}\u0007`)).toMatch(/^bx{127}$/);
    expect(id('\u0001')).toBeUndefined();
  });

  test('hands Retry-After on', () => {
    const headers = { 'retry-after': '7' };
    const error = failure(answer('', { status: 429, headers }));
    expect(error).toMatchObject({ retryAfterSeconds: 7, message: expect.stringContaining('in 7 s') });
  });
});

const sentOn = 'Thu, 06 Jun 2024 05:22:05 GMT';

test.each([
  ['120', 120],
  [' 3 ', 3],
  ['0', 0],
  ['1.2', 2],
  ['86401', 86_400],
  ['99999999999999999999', 86_400],
  ['Thu, 06 Jun 2024 05:22:35 GMT', 30],
  ['Thursday, 06-Jun-24 05:22:35 GMT', 30],
  ['Thu, 06 Jun 2024 05:00:00 GMT', 0],
  ['Thu, 06 Jun 2999 05:00:00 GMT', 86_400],
  ['-5', undefined],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %j is %j seconds', (header, seconds) => {
  expect(readRetryAfter(header, sentOn)).toBe(seconds);
});

test('Retry-After as a date is understood by the clock of upstream, which its answer tells', () => {
  const headers = { 'retry-after': 'Thu, 06 Jun 2024 05:22:35 GMT', date: sentOn };
  expect(failure(answer('', { status: 429, headers })).retryAfterSeconds).toBe(30);
});

test.each([undefined, '', 'noon'])(
  'Retry-After as a date is understood by our own where it tells %j',
  (none) => {
    const inTwoHours = new Date(Date.now() + 7_200_000).toUTCString();
    const seconds = readRetryAfter(inTwoHours, none) ?? 0;
    expect(Math.abs(seconds - 7_200)).toBeLessThan(60);
  },
);

test('Retry-After in the oldest form of a date, which names no zone, is in GMT wherever this runs', () => {
  vi.stubEnv('TZ', 'America/New_York');
  try {
    expect(readRetryAfter('Thu Jun  6 05:22:35 2024', sentOn)).toBe(30);
  } finally {
    vi.unstubAllEnvs();
  }
});

describe('A list of jobs', () => {
  test('is read as documented from POST upload/file', () => {
    expect(readJobs('COUPON_BATCH', answer(couponUpload), '541854')).toEqual([
      {
        kind: 'COUPON_BATCH',
        orgId: '100458',
        couponSeriesId: '541854',
        jobId: '222696',
        uploadStatus: 'STARTED',
        createdOnMs: 1717651325445,
        updatedOnMs: 1717651325445,
        uploadedFileName: 'couponbatchupload.csv',
        uploadedFileUrl: 'couponbatchupload_1717651325326_541854.csv',
        errorFileUrl: null,
        successFileUrl: null,
        totalUploadedCount: 0,
        actualRowCount: 0,
        errorCount: 0,
        uploadTableName: null,
        audienceGroupId: '0',
        audienceGroupVersionId: '0',
      },
    ]);
  });

  test('is read as documented from GET getUploadStatus', () => {
    expect(readJobs('COUPON_BATCH', answer(couponStatus), '535521')).toMatchObject([
      { jobId: '220605', uploadStatus: 'FINISHED', errorCount: 2, createdOnMs: 1716811570000 },
    ]);
  });

  test('is read as documented from POST upload/redeemFile', () => {
    expect(readJobs('REDEEMED_COUPONS', answer(redeemedUpload), '953234')).toMatchObject([
      { kind: 'REDEEMED_COUPONS', jobId: '9137', uploadStatus: 'QUEUED', audienceGroupId: null },
    ]);
  });

  test('is read as documented from GET getUploadRedeemedCouponStatus', () => {
    expect(readJobs('REDEEMED_COUPONS', answer(redeemedStatus), '953234')).toMatchObject([
      {
        jobId: '4455',
        uploadStatus: 'COMPLETED',
        errorFileUrl: 'error_redemption_upload_1619_2532342020_10_20_14_17_00',
        uploadTableName: 'temp_redemption_upload_1619_20201020_141700172',
      },
    ]);
  });

  test('loses only the entries that have no job id', () => {
    const entries = [null, 7, {}, { jobId: 1 }, { jobId: '' }, { jobId: 'x' }, { jobId: '0002' }, []];
    const jobs = readJobs('COUPON_BATCH', answer({ result: { uploadJobStatuses: entries } }), '5');
    expect(jobs.map(({ jobId, couponSeriesId }) => [jobId, couponSeriesId])).toEqual([
      ['1', '5'],
      ['2', '5'],
    ]);
  });

  test('is of the series that was asked for, whatever it says itself: its ids must lead back to it', () => {
    const [job] = readJobs('COUPON_BATCH', answer(couponUpload), '9223372036854775807');
    expect(job?.couponSeriesId).toBe('9223372036854775807');
  });

  test('is in ascending job ids, and holds each once, as it stands last', () => {
    const entries = [
      { jobId: 20, uploadStatus: 'STARTED' },
      { jobId: '9007199254740993' },
      { jobId: 3 },
      { jobId: '020', uploadStatus: 'FINISHED' },
    ];
    const jobs = readJobs('COUPON_BATCH', answer({ result: { uploadJobStatuses: entries } }), '5');
    expect(jobs.map(({ jobId, uploadStatus }) => [jobId, uploadStatus])).toEqual([
      ['3', ''],
      ['20', 'FINISHED'],
      ['9007199254740993', ''],
    ]);
  });

  test('is refused in no time when it breaks off within a text that is full of quotes', () => {
    const body = `{"result":{"orgId":9007199254740993,"uploadedFileName":"${'\\"'.repeat(100_000)}`;
    const startedMs = performance.now();
    expect(failure(answer(body)).code).toBe('UPSTREAM_INVALID_RESPONSE');
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  test('may be empty, or null where there is none', () => {
    expect(readJobs('COUPON_BATCH', answer({ result: { uploadJobStatuses: [] } }), '5')).toEqual([]);
    expect(readJobs('COUPON_BATCH', answer({ result: { uploadJobStatuses: null } }), '5')).toEqual([]);
  });

  test.each([1, 400, 401, 500])('is good although a list of errors stands beside it: code %i', (code) => {
    const body = { ...couponUpload, errors: [{ code, message: 'a warning', success: false }] };
    expect(readJobs('COUPON_BATCH', answer(body), '5')).toHaveLength(1);
  });

  test.each([[], null])('is a refusal where it is empty beside a list of errors: %j', (uploadJobStatuses) => {
    const body = { result: { uploadJobStatuses }, errors: [{ code: 8015, message: 'Wrong column' }] };
    expect(() => readJobs('COUPON_BATCH', answer(body), '5')).toThrow('Wrong column');
  });

  test('takes unusual types as they come', () => {
    const entry = {
      jobId: '220605',
      uploadStatus: 7,
      createdOn: 1716811570000,
      updatedOn: 'never',
      errorFileUrl: '',
      uploadedFileName: { no: 'text' },
      totalUploadedCount: '12',
      actualRowCount: null,
      errorCount: -3,
      audienceGroupId: '4',
    };
    const body = { success: 'true', status: '200', result: { orgId: '9', uploadJobStatuses: [entry] } };
    expect(readJobs('COUPON_BATCH', answer(body), '5')).toMatchObject([
      {
        orgId: '9',
        jobId: '220605',
        uploadStatus: '7',
        createdOnMs: 1716811570000,
        updatedOnMs: 1716811570000,
        errorFileUrl: null,
        uploadedFileName: '',
        totalUploadedCount: 12,
        actualRowCount: 0,
        errorCount: 0,
        audienceGroupId: '4',
        audienceGroupVersionId: null,
      },
    ]);
  });

  test('survives entries in which every field is of the wrong type', () => {
    for (const wrong of [null, true, [], {}, '', 'x', 1e300, -1, '1e999']) {
      const names = Object.keys(couponUpload.result.uploadJobStatuses[0] ?? {});
      const entry = { ...Object.fromEntries(names.map((name) => [name, wrong])), jobId: 1 };
      const [job] = readJobs('COUPON_BATCH', answer({ result: { uploadJobStatuses: [entry] } }), '5');
      expect(job?.jobId).toBe('1');
      expect(() => new Date(job?.createdOnMs ?? Number.NaN).toISOString()).not.toThrow();
      expect(job?.errorCount).toBeLessThan(2 ** 31);
    }
  });

  test('keeps every digit of ids past 2^53, and texts that hold such numbers', () => {
    const body = `\ufeff{"result":{"orgId":9007199254740993, "couponSeriesId" :9223372036854775807,"uploadJobStatuses":
      [{"jobId":1234567890123456789,"createdOn":1716811570000.0,"uploadedFileName":"a\\",: 1234567890123456789}.csv"}]}}`;
    expect(readJobs('COUPON_BATCH', answer(body), '5')).toMatchObject([
      {
        orgId: '9007199254740993',
        jobId: '1234567890123456789',
        createdOnMs: 1716811570000,
        uploadedFileName: 'a",: 1234567890123456789}.csv',
      },
    ]);
  });
});
