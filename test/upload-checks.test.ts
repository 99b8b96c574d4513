import { describe, expect, test } from 'vitest';
import { couponFile } from './support/coupon-file.ts';
import { mobileInput, type UploadRequest, upload } from './support/graphql-client.ts';
import { encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { openConnection } from './support/raw-connection.ts';
import { postHead, readGraphQL } from './support/raw-graphql.ts';
import { sha256Of } from './support/sha256-of.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { uploadOverSocket } from './support/upload-over-socket.ts';

const resultFields = /* GraphQL */ `
  __typename
  ... on UploadAccepted { replayed jobs { id totalUploadedCount errorCount } file { ...Report } }
  ... on UploadChecked { file { ...Report } }
  ... on UploadError { message }
  ... on InvalidInputError { field }
  ... on InvalidFileError { problemCount problems { code line column message } jobs { id } }
`;
const report = /* GraphQL */ `
  fragment Report on FileReport {
    name bytes rows columns sha256 problemCount problems { code line column message } notes
  }
`;
const batch = /* GraphQL */ `
  mutation ($file: Upload!, $input: UploadCouponBatchInput!) {
    result: uploadCouponBatch(file: $file, input: $input) { ${resultFields} }
  }
  ${report}
`;
const redeemed = /* GraphQL */ `
  mutation ($file: Upload!, $input: UploadRedeemedCouponsInput!) {
    result: uploadRedeemedCoupons(file: $file, input: $input) { ${resultFields} }
  }
  ${report}
`;

const untaggedInput = { couponSeriesId: '541854', customerIdentifier: 'NOT_TAGGED' };
const redeemedInput = {
  couponSeriesId: '253234',
  customerIdentifier: 'USER_ID',
  couponIdentifier: 'COUPON_ID',
  columns: { redeemedDateInMillis: 0, redeemedAt: 1, customerIdentifier: 2, couponIdentifier: 3 },
};
const byIdentifier = (customerIdentifier: string) => ({ ...mobileInput, customerIdentifier });

type Policy = { readonly rowProblems?: 'REPORT' | 'REJECT'; readonly dryRun?: boolean };

function send(
  { url }: TestGateway,
  { input = mobileInput, ...request }: UploadRequest,
  options?: Policy,
  query = input === redeemedInput ? redeemed : batch,
) {
  return upload(url, { query, ...request, input: { ...(input as object), options } });
}

/** Nothing went up that upstream could take for a whole file. */
async function expectNothingWhole({ sandbox }: TestGateway) {
  const requests = await Promise.all(sandbox.requests.map(({ done }) => done));
  expect(requests.map(({ complete }) => complete)).not.toContain(true);
  expect(sandbox.jobs.list()).toEqual([]);
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');

interface Fault {
  readonly name: string;
  readonly file: string | Buffer<ArrayBuffer>;
  readonly input?: object;
  /** Code, line, column and what the message says. */
  readonly problem: readonly [code: string, line: number | null, column: number | null, says: string];
}

const good = 'mobile,coupon\n919999999991,A1\n';

const wholeFileFaults: Fault[] = [
  { name: 'nothing', file: '', problem: ['EMPTY_FILE', null, null, 'is empty'] },
  { name: 'a byte order mark only', file: '\ufeff', problem: ['EMPTY_FILE', null, null, 'is empty'] },
  { name: 'a header only', file: 'mobile,coupon\n', problem: ['NO_DATA_ROWS', null, null, 'no rows'] },
  {
    name: 'a header without a line end only',
    file: 'mobile,coupon',
    problem: ['NO_DATA_ROWS', null, null, 'no rows'],
  },
  { name: 'a workbook', file: 'PK\x03\x04\x14\x00', problem: ['NOT_CSV', null, null, 'Excel workbook'] },
  { name: 'a web page', file: '<!doctype html><html>', problem: ['NOT_CSV', null, null, 'web page'] },
  { name: 'a NUL byte', file: `${good}9199,\0\n`, problem: ['NOT_CSV', 3, 1, 'NUL byte'] },
  {
    name: 'a header that never ends',
    file: 'x'.repeat(2 ** 20 + 1),
    problem: ['NOT_CSV', 1, null, 'first 1 MiB'],
  },
  {
    name: 'Windows-1252 text',
    file: latin1(`${good}919999999992,Jos\xe9\n`),
    problem: ['INVALID_ENCODING', 3, 1, 'not UTF-8'],
  },
  {
    name: 'UTF-16 text',
    file: Buffer.from(`\ufeff${good}`, 'utf16le'),
    problem: ['INVALID_ENCODING', 1, null, 'UTF-16'],
  },
  {
    name: 'a quote that is never closed',
    file: `${good}919999999992,"A2\n919999999993,A3\n`,
    problem: ['UNTERMINATED_QUOTE', 3, 1, 'never closed'],
  },
  {
    name: 'no column for the identifier',
    file: good,
    input: { ...mobileInput, customerIdentifierColumn: 2 },
    problem: ['TOO_FEW_COLUMNS', 1, 2, 'column 2 (customer identifier)'],
  },
  {
    name: 'semicolons for commas',
    file: 'date;till;user;coupon\n1603128622000;1;2;3\n',
    input: redeemedInput,
    problem: ['TOO_FEW_COLUMNS', 1, 1, 'not by semicolons'],
  },
  {
    name: 'redeemed coupons that are empty',
    file: '',
    input: redeemedInput,
    problem: ['EMPTY_FILE', null, null, 'is empty'],
  },
];

describe.each<{ policy: string; options?: Policy }>([
  { policy: 'without options' },
  { policy: 'under REPORT', options: { rowProblems: 'REPORT' } },
  { policy: 'under REJECT', options: { rowProblems: 'REJECT' } },
  { policy: 'as a dry run', options: { dryRun: true } },
])('A file that is wrong as a whole, $policy,', ({ options }) => {
  test.each(wholeFileFaults)('is refused for $name, and is not whole upstream', async (fault) => {
    await using started = await startGateway();
    const [code, line, column, says] = fault.problem;
    const { data, errors } = await send(started, fault, options);
    expect(errors).toBeUndefined();
    const message = expect.stringContaining(says);
    expect(data.result).toEqual({
      __typename: 'InvalidFileError',
      message,
      problemCount: 1,
      problems: [{ code, line, column, message }],
      jobs: [],
    });
    await expectNothingWhole(started);
    if (options?.dryRun) expect(started.sandbox.requests).toHaveLength(0);
  });
});

interface RowFault {
  readonly name: string;
  readonly file: string;
  readonly input?: object;
  /** `code line:column` each. */
  readonly problems: readonly string[];
  /** What upstream rejects of it. */
  readonly errorCount?: number;
}

const redeemedRow = (row: string) => `date,till,user,coupon\n1603128622000,5,7,9\n${row}\n`;

const rowFaults: RowFault[] = [
  {
    name: 'an empty identifier',
    file: `${good} ,A2\n`,
    problems: ['EMPTY_CELL 3:0'],
    errorCount: 1,
  },
  { name: 'no mobile number', file: `${good}n/a,A2\n`, problems: ['INVALID_MOBILE 3:0'] },
  {
    name: 'no e-mail address',
    file: 'mail,coupon\njane@example.com,A1\njane,A2\n',
    input: byIdentifier('EMAIL'),
    problems: ['INVALID_EMAIL 3:0'],
  },
  {
    name: 'a user id of letters',
    file: 'user,coupon\n7,A1\nx,A2\n',
    input: byIdentifier('USER_ID'),
    problems: ['INVALID_NUMBER 3:0'],
  },
  {
    name: 'a code that stands twice, whatever its case',
    file: `${good}919999999992,B1\n919999999993, a1\n`,
    problems: ['DUPLICATE_COUPON 2:1', 'DUPLICATE_COUPON 4:1'],
    errorCount: 2,
  },
  {
    name: 'a code that stands twice among codes only',
    file: 'code\nA1\nB1\nA1\n',
    input: untaggedInput,
    problems: ['DUPLICATE_COUPON 2:0', 'DUPLICATE_COUPON 4:0'],
    errorCount: 2,
  },
  {
    name: 'an empty code among codes only',
    file: 'code,x\nA1,\n"",\n',
    input: untaggedInput,
    problems: ['EMPTY_CELL 3:0'],
    errorCount: 1,
  },
  {
    name: 'a row that is too short',
    file: redeemedRow('1603128622000,5'),
    input: redeemedInput,
    problems: ['TOO_FEW_COLUMNS 3:2'],
    errorCount: 1,
  },
  {
    name: 'a date that is none',
    file: redeemedRow('yesterday,5,7,9'),
    input: redeemedInput,
    problems: ['INVALID_DATE 3:0'],
    errorCount: 1,
  },
  {
    name: 'several in one row',
    file: redeemedRow('1603128622,,x,'),
    input: redeemedInput,
    problems: ['INVALID_DATE 3:0', 'EMPTY_CELL 3:1', 'INVALID_NUMBER 3:2', 'EMPTY_CELL 3:3'],
    errorCount: 1,
  },
];

const places = (problems: readonly { code: string; line: number; column: number }[]) =>
  problems.map(({ code, line, column }) => `${code} ${line}:${column}`);

describe('A file with row problems', () => {
  test.each(rowFaults)('is refused under REJECT for $name, and is not whole upstream', async (fault) => {
    await using started = await startGateway();
    const { data } = await send(started, fault, { rowProblems: 'REJECT' });
    const { problems, ...told } = data.result;
    expect(told).toEqual({
      __typename: 'InvalidFileError',
      message: expect.stringContaining('rowProblems is REJECT'),
      problemCount: fault.problems.length,
      jobs: [],
    });
    expect(places(problems)).toEqual(fault.problems);
    await expectNothingWhole(started);
  });

  test.each(rowFaults)('goes up whole under REPORT, which lists $name', async (fault) => {
    await using started = await startGateway();
    const { data } = await send(started, fault, { rowProblems: 'REPORT' });
    const { file, jobs } = data.result;
    expect(data.result).toMatchObject({ __typename: 'UploadAccepted', replayed: false, jobs: [{}] });
    expect(places(file.problems)).toEqual(fault.problems);
    const [request] = started.sandbox.requests;
    const content = Buffer.from(fault.file);
    expect(file).toMatchObject({
      name: 'coupons.csv',
      bytes: content.length,
      sha256: sha256Of(content),
      rows: fault.file.trimEnd().split('\n').length - 1,
      problemCount: fault.problems.length,
      notes: [],
    });
    expect(request).toMatchObject({
      complete: true,
      fileBytes: content.length,
      fileSha256: sha256Of(content),
    });
    const [, , jobId] = jobs[0].id.split(':');
    expect(started.sandbox.jobs.get(Number(jobId))).toMatchObject({
      rows: file.rows,
      errors: fault.errorCount ?? 0,
    });
  });

  test.each(rowFaults)('passes a dry run, which lists $name and calls nobody', async (fault) => {
    await using started = await startGateway();
    const { data } = await send(started, fault, { dryRun: true });
    expect(data.result).toMatchObject({
      __typename: 'UploadChecked',
      file: { sha256: sha256Of(fault.file), problemCount: fault.problems.length },
    });
    expect(places(data.result.file.problems)).toEqual(fault.problems);
    expect(started.sandbox.requests).toHaveLength(0);
  });

  test.each(rowFaults)('is refused by a dry run under REJECT for $name', async (fault) => {
    await using started = await startGateway();
    const { data } = await send(started, fault, { dryRun: true, rowProblems: 'REJECT' });
    expect(data.result).toMatchObject({
      __typename: 'InvalidFileError',
      problemCount: fault.problems.length,
    });
    expect(places(data.result.problems)).toEqual(fault.problems);
    expect(started.sandbox.requests).toHaveLength(0);
  });
});

describe('A dry run', () => {
  test.each([
    { name: 'coupons', input: mobileInput, file: good, columns: 2 },
    { name: 'redeemed coupons', input: redeemedInput, file: redeemedRow('1603128622001,5,8,10'), columns: 4 },
  ])('of $name without a problem calls nobody', async ({ input, file, columns }) => {
    await using started = await startGateway();
    const { data } = await send(started, { input, file, fileName: 'June.csv' }, { dryRun: true });
    expect(data.result).toEqual({
      __typename: 'UploadChecked',
      file: {
        name: 'June.csv',
        bytes: file.length,
        rows: file.trimEnd().split('\n').length - 1,
        columns,
        sha256: sha256Of(file),
        problemCount: 0,
        problems: [],
        notes: [],
      },
    });
    expect(started.sandbox.requests).toHaveLength(0);
  });

  test('needs a token all the same', async () => {
    await using started = await startGateway();
    const headers = { 'x-cap-api-oauth-token': '' };
    const { data, errors } = await send(started, { headers }, { dryRun: true });
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(started.sandbox.requests).toHaveLength(0);
  });

  test("calls nobody with the gateway's own client either", async () => {
    const env = { CAPILLARY_CLIENT_KEY: 'sandbox-key', CAPILLARY_CLIENT_SECRET: 'sandbox-secret' };
    await using started = await startGateway({ env });
    const { data } = await send(started, { file: good }, { dryRun: true });
    expect(data.result.__typename).toBe('UploadChecked');
    expect(started.sandbox.requests).toHaveLength(0);
  });

  test('looks at a file of any size in the same way, and keeps none of it', async () => {
    await using started = await startGateway();
    const file = couponFile(32 * 1024 * 1024);
    const { data } = await send(started, { file }, { dryRun: true });
    expect(data.result).toMatchObject({
      __typename: 'UploadChecked',
      file: { bytes: file.length, rows: 32 * 1024, sha256: sha256Of(file), problemCount: 0 },
    });
    expect(started.sandbox.requests).toHaveLength(0);
  });

  test('ignores how the file would be split', async () => {
    await using started = await startGateway();
    const options = { dryRun: true, rowProblems: 'REJECT' as const, maxRowsPerJob: 1 };
    const { data } = await send(started, { file: good }, options);
    expect(data.result).toMatchObject({ __typename: 'UploadChecked', file: { rows: 1 } });
    expect(started.sandbox.requests).toHaveLength(0);
  });
});

describe('A fault in a big file', () => {
  const big = couponFile(24 * 1024 * 1024);
  const rows = 24 * 1024;

  test.each([
    {
      name: 'a quote that is never closed',
      end: Buffer.from('919999999999,"'),
      problem: { code: 'UNTERMINATED_QUOTE', line: rows + 2, column: 1 },
    },
    {
      name: 'a byte that is not UTF-8',
      end: latin1('919999999999,\xe9'),
      problem: { code: 'INVALID_ENCODING', line: rows + 2, column: 1 },
    },
    {
      name: 'half a character',
      end: Buffer.from('919999999999,é').subarray(0, -1),
      problem: { code: 'INVALID_ENCODING', line: rows + 2, column: 1 },
    },
    {
      name: 'a NUL byte',
      end: Buffer.from('919999999999,\0'),
      problem: { code: 'NOT_CSV', line: rows + 2, column: 1 },
    },
  ])('at its very end, $name, leaves it unfinished upstream', async ({ end, problem }) => {
    await using started = await startGateway({ sandbox: { checkRows: false } });
    const { data } = await send(started, { file: Buffer.concat([big, end]) });
    expect(data.result).toMatchObject({ __typename: 'InvalidFileError', problems: [problem] });
    await expectNothingWhole(started);
    expect(await started.sandbox.requests[0]?.done).toMatchObject({ aborted: true, status: undefined });
  });

  test('of rows, in the last of them, is enough for REJECT', async () => {
    await using started = await startGateway({ sandbox: { checkRows: false } });
    const file = Buffer.concat([big, Buffer.from(',A1')]);
    const { data } = await send(started, { file }, { rowProblems: 'REJECT' });
    expect(data.result).toMatchObject({
      __typename: 'InvalidFileError',
      problemCount: 1,
      problems: [{ code: 'EMPTY_CELL', line: rows + 2, column: 0 }],
    });
    await expectNothingWhole(started);
  });

  test.each(['while it sends', 'only after sending'] as const)(
    'that its first bytes show is told while the rest still comes, to a client that reads %s',
    async (reads) => {
      await using started = await startGateway({ sandbox: { checkRows: false } });
      const file = Buffer.alloc(64 * 1024 * 1024, 'PK\x03\x04 not a table ');
      const client = uploadOverSocket(started.url, { file, reads });
      const { data } = await client.answer;
      expect(data.uploadCouponBatch).toMatchObject({
        __typename: 'InvalidFileError',
        problems: [{ code: 'NOT_CSV', message: expect.stringContaining('zip archive') }],
      });
      if (reads === 'while it sends') expect(client.bytesTaken()).toBeLessThan(client.bodyBytes);
      await expectNothingWhole(started);
      expect(started.sandbox.requests.every(({ fileBytes }) => fileBytes === 0)).toBe(true);
    },
  );

  test('that is too big is told as soon as it is', async () => {
    await using started = await startGateway({
      sandbox: { checkRows: false },
      env: { MAX_FILE_BYTES: String(1024 * 1024) },
    });
    const { data } = await send(started, { file: big });
    expect(data.result).toMatchObject({
      __typename: 'InvalidFileError',
      problems: [{ code: 'TOO_LARGE', message: expect.stringContaining('1048576 bytes') }],
    });
    await expectNothingWhole(started);
    const [request] = started.sandbox.requests;
    expect(request?.fileBytes ?? 0).toBeLessThanOrEqual(1024 * 1024);
  });

  test.each([
    { bytes: good.length, accepted: true },
    { bytes: good.length - 1, accepted: false },
  ])('begins a byte after what is allowed: $bytes of them', async ({ bytes, accepted }) => {
    await using started = await startGateway({ env: { MAX_FILE_BYTES: String(bytes) } });
    const { data } = await send(started, { file: good });
    expect(data.result.__typename).toBe(accepted ? 'UploadAccepted' : 'InvalidFileError');
    expect(started.sandbox.jobs.list()).toHaveLength(accepted ? 1 : 0);
  });
});

describe('A million problems', () => {
  const million = 1_000_000;
  const cases: { name: string; file: string; input: object; first: string; last: string }[] = [
    {
      name: 'empty cells',
      file: `mobile,a,b\n${',A,\n'.repeat(million)}`,
      input: mobileInput,
      first: 'EMPTY_CELL 2:0',
      last: 'EMPTY_CELL 101:0',
    },
    {
      name: 'repeats of one code',
      file: `code\n${'A\n'.repeat(million)}`,
      input: untaggedInput,
      first: 'DUPLICATE_COUPON 2:0',
      last: 'DUPLICATE_COUPON 101:0',
    },
  ];

  test.each(cases)('are counted, and the first hundred kept: $name', async ({ file, input, first, last }) => {
    await using started = await startGateway({ sandbox: { checkRows: false } });
    const startMs = performance.now();
    const { data } = await send(started, { file, input });
    expect(performance.now() - startMs).toBeLessThan(5_000);
    expect(data.result.__typename).toBe('UploadAccepted');
    const { problems, problemCount, rows, sha256: hash } = data.result.file;
    expect(rows).toBe(million);
    expect(problemCount).toBe(million);
    expect(problems).toHaveLength(100);
    expect(places(problems)[0]).toBe(first);
    expect(places(problems).at(-1)).toBe(last);
    expect(hash).toBe(started.sandbox.requests[0]?.fileSha256);
  });
});

describe('What is no fault goes up byte for byte:', () => {
  test.each([
    { name: 'CRLF', file: 'mobile,coupon\r\n919999999991,A1\r\n919999999992,A2\r\n', rows: 2 },
    { name: 'CR', file: 'mobile,coupon\r919999999991,A1\r919999999992,A2\r', rows: 2 },
    { name: 'a mix of line ends', file: 'mobile,coupon\r\n919999999991,A1\n919999999992,A2\r', rows: 2 },
    { name: 'a byte order mark', file: '\ufeffmobile,coupon\n919999999991,A1\n', rows: 1 },
    { name: 'no line end at the end', file: 'mobile,coupon\n919999999991,A1', rows: 1 },
    { name: 'empty lines', file: '\n\nmobile,coupon\n\n919999999991,A1\n\n\n', rows: 1 },
    { name: 'line ends in quotes', file: '"mo\nbile",coupon\n919999999991,"A\r\n1"\n', rows: 1 },
    { name: 'quotes in quotes', file: 'mobile,"cou""pon"\n"919999999991","A""1"\n', rows: 1 },
    { name: 'text outside ASCII', file: 'mobile,coupon\n919999999991,ПОДАРОК-🎁\n', rows: 1 },
    { name: 'more columns than are needed', file: 'mobile,coupon,a,b\n919999999991,A1\n', rows: 1 },
    {
      name: 'the boundary of forms',
      file: 'mobile,coupon\n919999999991,A1\n--capillary-upload-\r\n--',
      rows: 3,
    },
  ])('$name', async ({ file, rows }) => {
    await using started = await startGateway();
    const { data } = await send(started, { file });
    const bytes = Buffer.byteLength(file);
    expect(data.result).toMatchObject({
      __typename: 'UploadAccepted',
      file: { bytes, rows, sha256: sha256Of(file) },
    });
    expect(started.sandbox.requests).toMatchObject([
      { complete: true, fileBytes: bytes, fileSha256: sha256Of(file) },
    ]);
    expect(started.sandbox.jobs.list()).toMatchObject([{ rows }]);
  });
});

describe('A slow client', () => {
  const variables = { file: null, input: { ...mobileInput } };
  const form = encodeForm([operationsPart(variables, batch), mapPart(), filePart(good)]);

  test('that trickles its file is waited for, however long the whole takes', async () => {
    await using started = await startGateway({ env: { UPLOAD_IDLE_TIMEOUT_MS: '400' } });
    using connection = await openConnection(started.url);
    const at = form.indexOf(good);
    await connection.write(postHead({ 'content-length': form.length }));
    await connection.write(form.subarray(0, at));
    const startMs = performance.now();
    for (let byte = at; byte < form.length; byte += 1) {
      await connection.write(form.subarray(byte, byte + 1));
      await pause(15);
    }
    expect(performance.now() - startMs).toBeGreaterThan(800);
    const { data } = readGraphQL(await connection.answer());
    expect(data.result).toMatchObject({ __typename: 'UploadAccepted', file: { sha256: sha256Of(good) } });
    expect(started.sandbox.requests).toMatchObject([{ complete: true, fileSha256: sha256Of(good) }]);
  });

  test.each([
    { name: 'within its file', upTo: form.indexOf('A1') },
    { name: 'before the last boundary is whole', upTo: form.length - 4 },
  ])('that stops $name is told, and nothing is whole upstream', async ({ upTo }) => {
    await using started = await startGateway({ env: { UPLOAD_IDLE_TIMEOUT_MS: '300' } });
    using connection = await openConnection(started.url);
    await connection.write(postHead({ 'content-length': form.length }));
    await connection.write(form.subarray(0, upTo));
    const { status, code } = readGraphQL(await connection.answer());
    expect({ status, code }).toEqual({ status: 408, code: 'REQUEST_TIMEOUT' });
    await expectNothingWhole(started);
  });
});

/** The pace of a client: nothing is waited for with it. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
