import { token } from './graphql-client.ts';
import { boundary, encodeForm, type FormPart } from './multipart-form.ts';
import { openConnection, type RawAnswer } from './raw-connection.ts';

/** `null` leaves a header out. */
export type RequestHeaders = Readonly<Record<string, string | number | null>>;

/** The head of a multipart POST with a token and a CSRF header, up to the empty line. */
export function postHead(headers: RequestHeaders = {}): string {
  return requestHead('POST', '/graphql', {
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'graphql-require-preflight': 1,
    'x-cap-api-oauth-token': token,
    ...headers,
  });
}

export function requestHead(method: string, target: string, headers: RequestHeaders = {}): string {
  const lines = Object.entries({ host: 'gateway.example', ...headers })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** Sends a multipart body in one piece over a connection of its own. */
export function postForm(
  url: string,
  form: readonly FormPart[] | Buffer,
  headers: RequestHeaders = {},
): Promise<RawAnswer> {
  const body = Buffer.isBuffer(form) ? form : encodeForm(form);
  return exchange(
    url,
    Buffer.concat([Buffer.from(postHead({ 'content-length': body.length, ...headers })), body]),
  );
}

/** Sends these bytes over a connection of its own, and reads the answer. */
export async function exchange(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  using connection = await openConnection(url);
  await connection.write(bytes);
  return await connection.answer();
}

/** One JSON operation over a connection of its own. */
export function postJson(
  url: string,
  query: string,
  variables?: unknown,
  headers: RequestHeaders = {},
): Promise<RawAnswer> {
  const body = JSON.stringify({ query, variables });
  const head = postHead({
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  return exchange(url, head + body);
}

/** What GraphQL answered, the first error flattened. */
export function readGraphQL({ status, body }: Pick<RawAnswer, 'status' | 'body'>) {
  const { data, errors } = JSON.parse(body);
  return { status, code: errors?.[0]?.extensions?.code, message: errors?.[0]?.message, data, errors };
}
