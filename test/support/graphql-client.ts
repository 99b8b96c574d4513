import { request } from 'undici';

export const token = 'sandbox-token';

export interface GraphQLAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, looked at by assertions only
  readonly data?: any;
  readonly errors?: readonly { message: string; path?: unknown; extensions: Record<string, unknown> }[];
}

export interface AskOptions {
  readonly variables?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** One JSON operation with the sandbox's token; `headers` override. */
export async function ask(url: string, query: string, options: AskOptions = {}): Promise<GraphQLAnswer> {
  const { statusCode, body } = await request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-cap-api-oauth-token': token,
      ...options.headers,
    },
    body: JSON.stringify({ query, variables: options.variables }),
    signal: options.signal,
  });
  return { status: statusCode, ...((await body.json()) as object) };
}

export const uploadCouponBatch = /* GraphQL */ `
  mutation ($file: Upload!, $input: UploadCouponBatchInput!) {
    uploadCouponBatch(file: $file, input: $input) {
      __typename
      ... on UploadAccepted {
        replayed
        jobs { id status outcome uploadedFileName }
        file { name bytes sha256 }
      }
      ... on UploadError { message }
      ... on InvalidInputError { field }
      ... on InvalidFileError { problemCount problems { code line column message } }
      ... on UpstreamRejectedError { httpStatus upstreamCode requestId jobs { id } }
      ... on UploadOutcomeUnknownError { idempotencyKey jobs { id } }
    }
  }
`;

export const mobileInput = {
  couponSeriesId: '541854',
  customerIdentifier: 'MOBILE',
  customerIdentifierColumn: 0,
};

export interface UploadRequest {
  readonly query?: string;
  readonly input?: unknown;
  readonly file?: string | Buffer<ArrayBuffer> | Blob;
  readonly fileName?: string;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** A GraphQL multipart request as a front end sends it: FormData and fetch. */
export async function upload(url: string, options: UploadRequest = {}): Promise<GraphQLAnswer> {
  const {
    query = uploadCouponBatch,
    input = mobileInput,
    file = 'mobile,coupon\n919999999999,CODE1\n',
  } = options;
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: { file: null, input } }));
  form.set('map', JSON.stringify({ 0: ['variables.file'] }));
  form.set('0', file instanceof Blob ? file : new Blob([file]), options.fileName ?? 'coupons.csv');
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'x-cap-api-oauth-token': token, 'graphql-require-preflight': '1', ...options.headers },
    body: form,
    signal: options.signal ?? null,
  });
  return { status: response.status, ...((await response.json()) as object) };
}
