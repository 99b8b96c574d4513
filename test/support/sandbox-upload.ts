import { connect, type Socket } from 'node:net';
import { request } from 'undici';
import type { Sandbox } from '../../src/sandbox/create-sandbox.ts';

export const paths = {
  coupons: '/coupon/api/v1/upload/file/541854',
  redeemed: '/coupon/api/v1/upload/redeemFile/541854',
  couponJobs: '/coupon/api/v1/upload/getUploadStatus/541854',
  redeemedJobs: '/coupon/api/v1/upload/getUploadRedeemedCouponStatus/541854',
  token: '/v3/oauth/token/generate',
} as const;

export const untagged = { customerIdentifier: 'NOT_TAGGED' };
export const redeemedFields = {
  customerIdentifier: 'USER_ID',
  couponIdentifier: 'COUPON_ID',
  uploadHeaders: '{"redeemedDateInMillis":0,"redeemedAt":1,"userId":2,"couponId":3}',
};

export interface Form {
  readonly path?: string;
  readonly token?: string | undefined;
  readonly fields?: Readonly<Record<string, string>>;
  readonly file?: string | Buffer | undefined;
  readonly fileName?: string;
  /** Fields after the file. */
  readonly fieldsLast?: boolean;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the sandbox answers
  readonly json: any;
}

const boundary = 'sandbox-test-boundary';

/** A whole multipart body; without its closing boundary, cut its last `closing.length` bytes off. */
export const closing = `--${boundary}--\r\n`;
export function formBody({ fields = untagged, file, fileName = 'codes.csv', fieldsLast }: Form): Buffer {
  const texts = Object.entries(fields).map(([name, value]) =>
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
  );
  const head = `Content-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: text/csv\r\n\r\n`;
  const part = Buffer.concat([
    Buffer.from(`--${boundary}\r\n${head}`),
    Buffer.from(file ?? ''),
    Buffer.from('\r\n'),
  ]);
  const files = file === undefined ? [] : [part];
  return Buffer.concat([...(fieldsLast ? [...files, ...texts] : [...texts, ...files]), Buffer.from(closing)]);
}

function headersOf(form: Form): Record<string, string> {
  const token = 'token' in form ? form.token : 'sandbox-token';
  return {
    'content-type': `multipart/form-data; boundary=${boundary}`,
    ...(token === undefined ? {} : { 'x-cap-api-oauth-token': token }),
  };
}

/** Uploads a form over a real socket. */
export function upload(sandbox: Sandbox, form: Form): Promise<Answered> {
  const { path = paths.coupons } = form;
  return call(sandbox, 'POST', path, headersOf(form), formBody(form));
}

export function get(sandbox: Sandbox, path: string, token = 'sandbox-token'): Promise<Answered> {
  return call(sandbox, 'GET', path, { 'x-cap-api-oauth-token': token });
}

export async function call(
  sandbox: Sandbox,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  headers: Record<string, string> = {},
  body?: Buffer | string,
): Promise<Answered> {
  const answer = await request(sandbox.url + path, { method, headers, body: body ?? null });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A bare socket that has sent the head of an upload of `length` bytes, for clients that go wrong. */
export function openUpload(sandbox: Sandbox, length: number, form: Form = {}): Socket {
  const { hostname, port } = new URL(sandbox.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  const headers = Object.entries(headersOf(form)).map(([name, value]) => `${name}: ${value}\r\n`);
  const { path = paths.coupons } = form;
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: sandbox\r\n${headers.join('')}Content-Length: ${length}\r\n\r\n`,
  );
  return socket;
}
