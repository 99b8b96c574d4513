import { Readable } from 'node:stream';
import { createClient } from 'graphql-sse';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { UploadRequest as UploadRequestUpstream } from '../src/capillary/send-upload.ts';
import { createSandbox, type Sandbox } from '../src/sandbox/create-sandbox.ts';
import type { Fault } from '../src/sandbox/fault.ts';
import { createInspector } from '../src/upload/inspection/create-inspector.ts';
import { fileKey } from '../src/upload/keyed-file-name.ts';
import { readToEnd } from '../src/upload/read-to-end.ts';
import { createUploadFile, type FileUpload, type UploadFileOptions } from '../src/upload/upload-file.ts';
import { couponFile } from './support/coupon-file.ts';
import { eventually } from './support/eventually.ts';
import { startProcess } from './support/gateway-process.ts';
import {
  type GraphQLAnswer,
  mobileInput,
  token,
  type UploadRequest,
  upload,
} from './support/graphql-client.ts';
import { encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection } from './support/raw-connection.ts';
import { postHead, readGraphQL } from './support/raw-graphql.ts';
import { sha256Of } from './support/sha256-of.ts';
import { startGateway } from './support/start-gateway.ts';
import { uploadOverSocket } from './support/upload-over-socket.ts';

const resultFields = /* GraphQL */ `
  __typename
  ... on UploadAccepted { replayed jobs { id uploadedFileName } file { name bytes rows sha256 problemCount } }
  ... on UploadError { message }
  ... on InvalidInputError { field }
  ... on InvalidFileError { problemCount problems { code line column } jobs { id } }
  ... on UpstreamRejectedError { httpStatus idempotencyKey jobs { id } }
  ... on UploadOutcomeUnknownError { idempotencyKey jobs { id } }
`;
const batch = /* GraphQL */ `
  mutation ($file: Upload!, $input: UploadCouponBatchInput!) {
    result: uploadCouponBatch(file: $file, input: $input) { ${resultFields} }
  }
`;
const redeemed = /* GraphQL */ `
  mutation ($file: Upload!, $input: UploadRedeemedCouponsInput!) {
    result: uploadRedeemedCoupons(file: $file, input: $input) { ${resultFields} }
  }
`;
const redeemedInput = {
  couponSeriesId: '253234',
  customerIdentifier: 'USER_ID',
  couponIdentifier: 'COUPON_ID',
  columns: { redeemedDateInMillis: 0, redeemedAt: 1, customerIdentifier: 2, couponIdentifier: 3 },
};

interface Options {
  readonly idempotencyKey?: string | null;
  readonly maxRowsPerJob?: number;
  readonly rowProblems?: 'REPORT' | 'REJECT';
  readonly dryRun?: boolean;
}

function send(url: string, options: Options, { input = mobileInput, ...request }: UploadRequest = {}) {
  const query = input === redeemedInput ? redeemed : batch;
  return upload(url, { query, file: five.file, ...request, input: { ...(input as object), options } });
}

const uploads = (sandbox: Sandbox) =>
  sandbox.requests.filter(({ call }) => call === 'uploadFile' || call === 'redeemFile');
const jobIds = (sandbox: Sandbox) =>
  sandbox.jobs.list().map((job) => `${job.kind}:${job.couponSeriesId}:${job.jobId}`);
const namedJobs = (sandbox: Sandbox, count?: number) =>
  jobIds(sandbox)
    .slice(0, count)
    .map((id) => ({ id }));

/** The parts as they should be, made of the very pieces that the file was made of. */
function slices({ header, rows }: Pieces, maxRows: number): string[] {
  const starts = rows.flatMap((_, index) => (index % maxRows === 0 ? [index] : []));
  return starts.map((start) => header + rows.slice(start, start + maxRows).join(''));
}

interface Pieces {
  readonly header: string;
  /** Each with its line end, and with the empty lines after it. */
  readonly rows: readonly string[];
}

const pieces: Record<string, Pieces & { readonly input?: object }> = {
  'plain rows': {
    header: 'mobile,coupon\n',
    rows: [1, 2, 3, 4, 5].map((row) => `91999999999${row},A${row}\n`),
  },
  'line ends in quoted cells': {
    header: '"mo\nbile","cou\r\npon"\n',
    rows: [
      '919999999991,"A\n1"\n',
      '"919999999992","\nA2\n"\n',
      '919999999993,"A""\n3"\n',
      '919999999994,A4\n',
    ],
  },
  'nothing but line ends in a cell': {
    header: 'mobile,coupon,note\n',
    rows: ['919999999991,A1,"\n\n\n"\n', '919999999992,A2,"\n"\n', '919999999993,A3,"\r\n\r\n"\n'],
  },
  CRLF: {
    header: 'mobile,coupon\r\n',
    rows: ['919999999991,A1\r\n', '919999999992,"A\r\n2"\r\n', '919999999993,A3\r\n'],
  },
  CR: { header: 'mobile,coupon\r', rows: ['919999999991,A1\r', '919999999992,A2\r', '919999999993,A3\r'] },
  'a byte order mark': {
    header: '\ufeffmobile,coupon\n',
    rows: ['919999999991,A1\n', '919999999992,A2\n', '919999999993,A3\n'],
  },
  'no line end at the end': {
    header: 'mobile,coupon\n',
    rows: ['919999999991,A1\n', '919999999992,A2\n', '919999999993,A3'],
  },
  'a quoted end without a line end': {
    header: 'mobile,coupon\n',
    rows: ['919999999991,A1\n', '919999999992,"A\n2"'],
  },
  'empty lines': {
    header: '\n\nmobile,coupon\n\n',
    rows: ['919999999991,A1\n\n', '919999999992,A2\n\r\n', '919999999993,A3\n\n\n'],
  },
  'text outside ASCII': {
    header: 'телефон,купон\n',
    rows: ['919999999991,ПОДАРОК\n', '919999999992,🎁\n', '919999999993,é\n'],
  },
  'redeemed coupons': {
    header: 'date,till,user,coupon\n',
    rows: ['1603128622000,5,7,9\n', '1603128622001,5,8,"9\n"\n', '1603128622002,5,9,9\n'],
    input: redeemedInput,
  },
};

const fiveRows = pieces['plain rows'] as Pieces;
const five = { ...fiveRows, file: fiveRows.header + fiveRows.rows.join('') };
const large = largePieces();
const cases = Object.entries(pieces).flatMap(([name, { rows }]) =>
  [1, 2, rows.length, rows.length + 1].map((maxRowsPerJob) => ({ name, maxRowsPerJob })),
);

/** Two parts, each larger than all socket buffers on the way together. */
function largePieces() {
  const file = couponFile(64 * 1024 * 1024);
  const [header = '', ...rows] = file.toString('latin1').split(/(?<=\n)/);
  return { file, parts: slices({ header, rows }, 32 * 1024) };
}

describe('What cannot be is refused before anything is read:', () => {
  test.each<{ name: string; options: Options; field: string }>([
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
    const { errors } = await send(started.url, { maxRowsPerJob } as Options);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(started.sandbox.requests).toHaveLength(0);
  });
});

/** How part 3 of 5 fails, and what its person is told beside the first two jobs and the key. */
const partFaults: readonly { name: string; fault: Fault; told: (known: object) => object }[] = [
  {
    name: 'a 400 that comes early',
    fault: { kind: 'status', status: 400, when: 'early' },
    told: (known) => result('UpstreamRejectedError', { httpStatus: 400, ...known }),
  },
  {
    name: 'a 400 that comes late',
    fault: { kind: 'status', status: 400 },
    told: (known) => result('UpstreamRejectedError', { httpStatus: 400, ...known }),
  },
  {
    name: 'a 413 with a reset',
    fault: { kind: 'status', status: 413, when: 'early-reset' },
    told: (known) => result('UpstreamRejectedError', { httpStatus: 413, ...known }),
  },
  { name: 'a 401', fault: { kind: 'status', status: 401 }, told: failed('UNAUTHENTICATED') },
  { name: 'an expired token', fault: { kind: 'status', status: 498 }, told: failed('UNAUTHENTICATED') },
  { name: 'a 403', fault: { kind: 'status', status: 403 }, told: failed('FORBIDDEN') },
  {
    name: 'a 429',
    fault: { kind: 'status', status: 429, retryAfter: 7 },
    told: failed('RATE_LIMITED', { retryAfterSeconds: 7 }),
  },
  { name: 'a 500', fault: { kind: 'status', status: 500 }, told: failed('UPSTREAM_UNAVAILABLE') },
  {
    name: 'a reset before it, when so small a part is out already',
    fault: { kind: 'reset', at: 'before' },
    told: (known) => result('UploadOutcomeUnknownError', known),
  },
  {
    name: 'a reset after it, without a job',
    fault: { kind: 'reset', at: 'after' },
    told: (known) => result('UploadOutcomeUnknownError', known),
  },
  {
    name: 'a 502 page',
    fault: { kind: 'status', status: 502 },
    told: (known) => result('UploadOutcomeUnknownError', known),
  },
  {
    name: 'no answer at all',
    fault: { kind: 'hang', at: 'after' },
    told: (known) => result('UploadOutcomeUnknownError', known),
  },
  {
    name: 'half a JSON',
    fault: { kind: 'malformed' },
    told: (known) => result('UploadOutcomeUnknownError', known),
  },
];

function result(__typename: string, told: object) {
  return { data: { result: { __typename, ...told } } };
}

function failed(code: string, details: object = {}) {
  return ({ idempotencyKey, jobs }: { idempotencyKey?: unknown; jobs?: { id: string }[] }) => ({
    data: null,
    errors: [{ extensions: { code, idempotencyKey, jobs: jobs?.map(({ id }) => id), ...details } }],
  });
}

const impatient = { env: { UPSTREAM_TIMEOUT_MS: '400', UPLOAD_IDLE_TIMEOUT_MS: '5000' } };

/** Sets the fault for the upload after part `part`, whose answer takes a little. */
async function failAfterPart({ sandbox }: { readonly sandbox: Sandbox }, part: number, fault: Fault) {
  sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 100 } });
  await sandbox.started(() => uploads(sandbox).length === part);
  sandbox.faults.set({ call: 'uploadFile', fault, times: 1 });
}

/** Upstream has each part of the five rows in one job, so no row twice and none missing. */
function expectEachPartOnce({ sandbox }: { readonly sandbox: Sandbox }, key: string, maxRows = 1) {
  const expected = slices(five, maxRows);
  const jobs = sandbox.jobs.list();
  expect(jobs.map(({ originalName }) => originalName).sort()).toEqual(
    expected.map((_, index) => `coupons.k${fileKey(key)}r${maxRows}.p000${index + 1}.csv`),
  );
  expect(jobs.map(({ rows }) => rows).reduce((sum, rows) => sum + rows)).toBe(five.rows.length);
  // Codes are unique in the org: a row that came twice would be an error of one job.
  expect(jobs.map(({ errors }) => errors)).toEqual(jobs.map(() => 0));
  for (const [index, part] of expected.entries()) {
    const sent = uploads(sandbox).filter(
      ({ fileName, complete }) => complete && fileName === jobs[index]?.originalName,
    );
    expect(sent.at(-1)?.fileSha256).toBe(sha256Of(part));
  }
}

const keyOf = ({ data, errors }: GraphQLAnswer): string =>
  data?.result.idempotencyKey ?? errors?.[0]?.extensions['idempotencyKey'];

describe.concurrent('When part 3 of 5 fails', () => {
  test.each(partFaults)(
    'by $name, the jobs so far and the key are told, and a repeat goes on at part 3',
    async ({ fault, told }) => {
      await using started = await startGateway(impatient);
      const { sandbox, url } = started;
      const idempotencyKey = 'five-parts-1';
      const options = { idempotencyKey, maxRowsPerJob: 1 };
      const first = send(url, options);
      await failAfterPart(started, 2, fault);
      const answer = await first;
      expect(answer).toMatchObject(told({ idempotencyKey, jobs: namedJobs(sandbox) }));
      expect(sandbox.jobs.list()).toHaveLength(2);
      const sent = uploads(sandbox).length;
      expect(sent).toBe(3);
      // A reset that comes after its answer would else hit the repeat on the same connection.
      await Promise.all(uploads(sandbox).map(({ done }) => done));

      const repeat = await send(url, options);
      expect(repeat.data.result).toMatchObject({
        __typename: 'UploadAccepted',
        replayed: false,
        jobs: namedJobs(sandbox),
        file: { rows: 5, sha256: sha256Of(five.file) },
      });
      expectEachPartOnce(started, idempotencyKey);
      expect(uploads(sandbox)).toHaveLength(sent + 3);

      const again = await send(url, options);
      expect(again.data.result).toMatchObject({ replayed: true, jobs: namedJobs(sandbox) });
      expect(uploads(sandbox)).toHaveLength(sent + 3);
    },
  );

  test.each(partFaults)('by $name, the key that was made for it works as well', async ({ fault, told }) => {
    await using started = await startGateway(impatient);
    const first = send(started.url, { maxRowsPerJob: 1 });
    await failAfterPart(started, 2, fault);
    const answer = await first;
    const idempotencyKey = keyOf(answer);
    expect(idempotencyKey).toMatch(/^[\w-]{8,64}$/);
    expect(answer).toMatchObject(told({ idempotencyKey, jobs: namedJobs(started.sandbox) }));
    await Promise.all(uploads(started.sandbox).map(({ done }) => done));
    const repeat = await send(started.url, { idempotencyKey, maxRowsPerJob: 1 });
    expect(repeat.data.result).toMatchObject({ __typename: 'UploadAccepted', replayed: false });
    expectEachPartOnce(started, idempotencyKey);
  });

  test.each<{ name: string; fault: Fault }>([
    { name: 'a reset', fault: { kind: 'reset', at: 'after', job: true } },
    { name: 'no answer', fault: { kind: 'hang', at: 'after', job: true } },
    { name: 'a 502 page', fault: { kind: 'status', status: 502, when: 'after-job' } },
    { name: 'a 500', fault: { kind: 'status', status: 500, when: 'after-job' } },
  ])('only in its answer, by $name, the list tells of its job, and the upload goes on', async ({ fault }) => {
    await using started = await startGateway(impatient);
    const idempotencyKey = 'five-parts-1';
    const first = send(started.url, { idempotencyKey, maxRowsPerJob: 1 });
    await failAfterPart(started, 2, fault);
    expect((await first).data.result).toMatchObject({
      __typename: 'UploadAccepted',
      replayed: false,
      jobs: namedJobs(started.sandbox),
    });
    expectEachPartOnce(started, idempotencyKey);
    expect(uploads(started.sandbox)).toHaveLength(5);
  });

  test('and its job shows too late, the repeat finds it', async () => {
    await using started = await startGateway(impatient);
    const { sandbox, url } = started;
    const options = { idempotencyKey: 'five-parts-1', maxRowsPerJob: 1 };
    const first = send(url, options);
    await failAfterPart(started, 2, { kind: 'reset', at: 'after', job: true });
    sandbox.jobs.hideNew(3);
    const answer = await first;
    expect(sandbox.jobs.list()).toHaveLength(3);
    expect(answer).toMatchObject(result('UploadOutcomeUnknownError', { jobs: namedJobs(sandbox, 2) }));
    sandbox.jobs.hideNew(0);
    expect((await send(url, options)).data.result).toMatchObject({
      replayed: false,
      jobs: namedJobs(sandbox),
    });
    expectEachPartOnce(started, options.idempotencyKey);
    expect(uploads(sandbox)).toHaveLength(5);
  });

  test.each([
    { name: 'a quote that is never closed', row: '919999999999,"A\n', code: 'UNTERMINATED_QUOTE' },
    { name: 'a NUL byte', row: '919999999999,\0\n', code: 'NOT_CSV' },
    { name: 'bytes that are no text', row: '919999999999,\xff\n', code: 'INVALID_ENCODING' },
  ])('because the file is wrong as a whole there, by $name, the two jobs are told', async ({ row, code }) => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    const { header, rows } = five;
    // Larger than what is looked at in one go, so that the first two parts are through by then.
    const padding = `${'x'.repeat(1_000)},`;
    const long = [...Array(2_000).keys()].map((index) => `919999999999,B${index},${padding}\n`).join('');
    const content = `${header}${long}${row}${rows.join('')}`;
    const file = Buffer.from(content, code === 'INVALID_ENCODING' ? 'latin1' : 'utf8') as Buffer<ArrayBuffer>;
    const { data } = await send(url, { maxRowsPerJob: 800 }, { file });
    expect(data.result).toMatchObject({
      __typename: 'InvalidFileError',
      problemCount: 1,
      problems: [{ code, line: 2_002, column: 1 }],
      jobs: namedJobs(sandbox),
    });
    expect(sandbox.jobs.list()).toHaveLength(2);
    const requests = await Promise.all(uploads(sandbox).map(({ done }) => done));
    expect(requests.map(({ complete }) => complete)).toEqual([true, true, false]);
  });
});

describe('When a part fails before all of it is out', () => {
  test.each<{ name: string; fault: Fault; code: string }>([
    { name: 'a reset before it', fault: { kind: 'reset', at: 'before' }, code: 'UPSTREAM_UNAVAILABLE' },
    {
      name: 'a reset within it',
      fault: { kind: 'reset', at: 'middle', afterBytes: 2 ** 20 },
      code: 'UPSTREAM_UNAVAILABLE',
    },
    { name: 'no byte being taken', fault: { kind: 'hang', at: 'before' }, code: 'UPSTREAM_TIMEOUT' },
    {
      name: 'an early 503',
      fault: { kind: 'status', status: 503, when: 'early' },
      code: 'UPSTREAM_UNAVAILABLE',
    },
  ])('by $name, a repeat goes on there as well', async ({ fault, code }) => {
    await using started = await startGateway({
      sandbox: { checkRows: false },
      env: { UPLOAD_IDLE_TIMEOUT_MS: '1500' },
    });
    const { sandbox, url } = started;
    const options = { idempotencyKey: 'two-parts-1', maxRowsPerJob: 32 * 1024 };
    const first = send(url, options, { file: large.file });
    await failAfterPart(started, 1, fault);
    expect(await first).toMatchObject(failed(code)({ ...options, jobs: namedJobs(sandbox) }));
    expect(sandbox.jobs.list()).toHaveLength(1);
    sandbox.faults.clear();
    const repeat = await send(url, options, { file: large.file });
    expect(repeat.data.result).toMatchObject({ replayed: false, jobs: namedJobs(sandbox) });
    const whole = uploads(sandbox).filter(({ complete }) => complete);
    expect(whole.map(({ fileSha256 }) => fileSha256)).toEqual(large.parts.map(sha256Of));
    expect(sandbox.jobs.list()).toHaveLength(2);
  });
});

describe('When somebody is gone in part 2', () => {
  test('who is the client, nothing more goes up, and a repeat with the key finishes', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    const options = { idempotencyKey: 'five-parts-1', maxRowsPerJob: 1 };
    const client = new AbortController();
    const first = send(url, options, { signal: client.signal });
    first.catch(() => {});
    await failAfterPart(started, 1, { kind: 'hang', at: 'after' });
    await eventually(() => expect(uploads(sandbox)[1]?.complete).toBe(true));
    client.abort();
    await expect(first).rejects.toThrow();
    await uploads(sandbox)[1]?.done;
    expect(sandbox.jobs.list()).toHaveLength(1);
    const repeat = await send(url, options);
    expect(repeat.data.result).toMatchObject({ replayed: false, jobs: namedJobs(sandbox) });
    expectEachPartOnce(started, options.idempotencyKey);
    expect(uploads(sandbox)).toHaveLength(2 + 4);
  });

  test('who is the gateway, a repeat through the next one finishes', async () => {
    await using sandbox = await createSandbox();
    const options = { idempotencyKey: 'five-parts-1', maxRowsPerJob: 2 };
    const env = { COUPON_API_URL: sandbox.url };
    {
      await using killed = await startProcess(env);
      const lost = expect(send(killed.url, options)).rejects.toThrow();
      await failAfterPart({ sandbox }, 1, { kind: 'hang', at: 'after', job: true });
      await eventually(() => expect(sandbox.jobs.list()).toHaveLength(2));
      killed.kill('SIGKILL');
      await lost;
    }
    await using next = await startProcess(env);
    const repeat = await send(next.url, options);
    expect(repeat.data.result).toMatchObject({ replayed: false, jobs: namedJobs(sandbox) });
    expectEachPartOnce({ sandbox }, options.idempotencyKey, 2);
    expect(uploads(sandbox)).toHaveLength(3);
  });
});

describe('A repeat of a split file', () => {
  test.each<{ name: string; counted: boolean; maxRowsPerJob?: number; file?: string; says: string }>([
    {
      name: 'another maxRowsPerJob',
      counted: true,
      maxRowsPerJob: 3,
      says: 'for the file with maxRowsPerJob 2',
    },
    {
      name: 'another maxRowsPerJob, which upstream has not counted yet',
      counted: false,
      maxRowsPerJob: 3,
      says: 'for the file with maxRowsPerJob 2',
    },
    {
      name: 'a row more',
      counted: true,
      file: `${five.file}919999999996,A6\n`,
      says: '1 rows in job 3, and this one has 2',
    },
    {
      name: 'two rows more',
      counted: true,
      file: `${five.file}919999999996,A6\n919999999997,A7\n`,
      says: '1 rows in job 3, and this one has 2',
    },
    {
      name: 'a row less in the middle',
      counted: true,
      file: five.header + five.rows.slice(0, 3).join(''),
      says: '2 rows in job 2, and this one has 1',
    },
    {
      name: 'a job less',
      counted: true,
      file: five.header + five.rows.slice(0, 4).join(''),
      says: 'for a file with more rows',
    },
    {
      name: 'a job less, which upstream has not counted yet',
      counted: false,
      file: five.header + five.rows.slice(0, 4).join(''),
      says: 'for a file with more rows',
    },
  ])('with $name is refused, and nothing is uploaded', async (given) => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    const idempotencyKey = 'five-parts-1';
    if (!given.counted) sandbox.jobs.hold();
    expect((await send(url, { idempotencyKey, maxRowsPerJob: 2 })).data.result.jobs).toHaveLength(3);
    if (given.counted) for (const { jobId } of sandbox.jobs.list()) sandbox.jobs.finish(jobId);
    const { maxRowsPerJob = 2, file = five.file } = given;
    const { data } = await send(url, { idempotencyKey, maxRowsPerJob }, { file });
    expect(data.result).toEqual({
      __typename: 'InvalidInputError',
      field: 'input.options.idempotencyKey',
      message: expect.stringContaining(given.says),
    });
    expect(uploads(sandbox)).toHaveLength(3);
  });

  test('of which only part 1 was made is not cut at other rows than before', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    const idempotencyKey = 'five-parts-1';
    // A job counts its rows late, so that they are nothing to compare with.
    sandbox.jobs.hold();
    const first = send(url, { idempotencyKey, maxRowsPerJob: 2 });
    await failAfterPart(started, 1, { kind: 'status', status: 400 });
    expect((await first).data.result).toMatchObject({ __typename: 'UpstreamRejectedError', jobs: [{}] });
    const other = await send(url, { idempotencyKey, maxRowsPerJob: 3 });
    expect(other.data.result).toMatchObject({
      __typename: 'InvalidInputError',
      message: expect.stringContaining('for the file with maxRowsPerJob 2'),
    });
    expect(sandbox.jobs.list()).toHaveLength(1);
    const repeat = await send(url, { idempotencyKey, maxRowsPerJob: 2 });
    expect(repeat.data.result).toMatchObject({ __typename: 'UploadAccepted', jobs: namedJobs(sandbox) });
    expectEachPartOnce(started, idempotencyKey, 2);
  });

  test('that runs beside the first waits for all of its parts', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 30 } });
    const options = { idempotencyKey: 'five-parts-1', maxRowsPerJob: 1 };
    const answers = await Promise.all([send(url, options), send(url, options)]);
    expect(answers.map(({ data }) => data.result.replayed).sort()).toEqual([false, true]);
    for (const { data } of answers) expect(data.result.jobs).toEqual(namedAs(sandbox, 'coupons.csv'));
    expectEachPartOnce(started, options.idempotencyKey);
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
    } as unknown as UploadFileOptions);
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
