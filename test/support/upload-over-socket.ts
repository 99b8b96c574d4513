import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type GraphQLAnswer, mobileInput, token, uploadCouponBatch } from './graphql-client.ts';

export interface SocketUploadOptions {
  readonly file: Buffer;
  /** A client that reads only after its last byte finds a reset in place of the answer when the server closes too soon. */
  readonly reads: 'while it sends' | 'only after sending';
  readonly query?: string;
  readonly input?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SocketUpload {
  /** Rejects when the connection breaks before the whole answer was read. */
  readonly answer: Promise<GraphQLAnswer>;
  /** Bytes of the request that the gateway's side has taken, what the system holds for it included. */
  bytesTaken(): number;
  /** Length of the whole request body. */
  readonly bodyBytes: number;
}

const boundary = 'upload-over-socket';

/** An upload by hand over a bare TCP connection, for what HTTP clients hide: when it reads, and how much was taken. */
export function uploadOverSocket(url: string, options: SocketUploadOptions): SocketUpload {
  const { host, hostname, port, pathname } = new URL(url);
  const body = formBody(options);
  const headers = {
    host,
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'content-length': String(body.length),
    'graphql-require-preflight': '1',
    'x-cap-api-oauth-token': token,
    ...options.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(Number(port), hostname);
  if (options.reads === 'only after sending') socket.pause();
  let taken = 0;

  async function send(): Promise<void> {
    await write(socket, Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n`));
    for (let start = 0; start < body.length; start += chunkBytes) {
      const chunk = body.subarray(start, start + chunkBytes);
      await write(socket, chunk);
      taken += chunk.length;
    }
  }

  async function exchange(): Promise<GraphQLAnswer> {
    try {
      if (options.reads === 'only after sending') {
        await send();
        return await readAnswer(socket);
      }
      const answer = readAnswer(socket);
      // An early answer may be all there is: what became of the sending does not matter then.
      send().catch(() => {});
      return await answer;
    } finally {
      socket.destroy();
    }
  }

  return { answer: exchange(), bytesTaken: () => taken, bodyBytes: body.length };
}

const chunkBytes = 64 * 1024;

function formBody({ file, query = uploadCouponBatch, input = mobileInput }: SocketUploadOptions): Buffer {
  const field = (name: string, value: unknown) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${JSON.stringify(value)}\r\n`;
  const head =
    field('operations', { query, variables: { file: null, input } }) +
    field('map', { 0: ['variables.file'] }) +
    `--${boundary}\r\nContent-Disposition: form-data; name="0"; filename="coupons.csv"\r\nContent-Type: text/csv\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

function write(socket: Socket, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

async function readAnswer(socket: Socket): Promise<GraphQLAnswer> {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (part: string) => {
    text += part;
    if (parseAnswer(text)) socket.emit('answer');
  });
  socket.resume();
  const broken = once(socket, 'close').then(() => {
    throw new Error(`The connection ended within the answer, after ${JSON.stringify(text)}.`);
  });
  await Promise.race([once(socket, 'answer'), broken]);
  broken.catch(() => {});
  return parseAnswer(text) as GraphQLAnswer;
}

/** `undefined` while it is not whole. */
function parseAnswer(text: string): GraphQLAnswer | undefined {
  const [head = '', body] = text.split('\r\n\r\n', 2);
  const rest = body === undefined ? '' : text.slice(head.length + 4);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  const json = length === undefined ? dechunked(rest) : rest;
  if (body === undefined || json === undefined) return undefined;
  if (length !== undefined && Buffer.byteLength(json) < Number(length)) return undefined;
  return { status, ...(JSON.parse(json) as object) };
}

/** The content of a chunked body, once its last chunk is there. Only good for ASCII, which answers here are. */
function dechunked(body: string): string | undefined {
  if (!body.endsWith('0\r\n\r\n')) return undefined;
  let rest = body;
  let content = '';
  for (;;) {
    const [size = '0'] = rest.split('\r\n', 1);
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) return content;
    content += rest.slice(size.length + 2, size.length + 2 + bytes);
    rest = rest.slice(size.length + 2 + bytes + 2);
  }
}
