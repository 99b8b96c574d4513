import type { Sandbox } from '../../src/sandbox/create-sandbox.ts';
import { mobileInput, type UploadRequest, upload } from './graphql-client.ts';

const resultFields = /* GraphQL */ `
  __typename
  ... on UploadAccepted { replayed jobs { id uploadedFileName } file { name bytes rows sha256 problemCount } }
  ... on UploadError { message }
  ... on InvalidInputError { field }
  ... on InvalidFileError { problemCount problems { code line column } jobs { id } }
  ... on UpstreamRejectedError { httpStatus idempotencyKey jobs { id } }
  ... on UploadOutcomeUnknownError { idempotencyKey jobs { id } }
`;
/** The mutation, its result under `result`. */
export const batch = /* GraphQL */ `
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

/** Of an upload, as the schema has them. */
export interface SplitOptions {
  readonly idempotencyKey?: string | null;
  readonly maxRowsPerJob?: number;
  readonly rowProblems?: 'REPORT' | 'REJECT';
  readonly dryRun?: boolean;
}

/** Uploads five rows, or another file, with these options; asks for all that is told of the parts. */
export function send(
  url: string,
  options: SplitOptions,
  { input = mobileInput, ...request }: UploadRequest = {},
) {
  const query = input === redeemedInput ? redeemed : batch;
  return upload(url, { query, file: five.file, ...request, input: { ...(input as object), options } });
}

/** The uploads that the sandbox has seen, of both kinds. */
export const uploads = (sandbox: Sandbox) =>
  sandbox.requests.filter(({ call }) => call === 'uploadFile' || call === 'redeemFile');
const jobIds = (sandbox: Sandbox) =>
  sandbox.jobs.list().map((job) => `${job.kind}:${job.couponSeriesId}:${job.jobId}`);
/** Its jobs as answers name them, the first `count`, or all. */
export const namedJobs = (sandbox: Sandbox, count?: number) =>
  jobIds(sandbox)
    .slice(0, count)
    .map((id) => ({ id }));

/** The parts as they should be, made of the very pieces that the file was made of. */
export function slices({ header, rows }: Pieces, maxRows: number): string[] {
  const starts = rows.flatMap((_, index) => (index % maxRows === 0 ? [index] : []));
  return starts.map((start) => header + rows.slice(start, start + maxRows).join(''));
}

/** What a file is put together of. */
export interface Pieces {
  readonly header: string;
  /** Each with its line end, and with the empty lines after it. */
  readonly rows: readonly string[];
}

/** Files by what is odd about their rows, small enough to be split at each of them. */
export const pieces: Record<string, Pieces & { readonly input?: object }> = {
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
/** Five plain rows, and the file of them. */
export const five = { ...fiveRows, file: fiveRows.header + fiveRows.rows.join('') };
