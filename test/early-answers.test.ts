import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { describe, expect, test } from 'vitest';
import { type LingerOptions, lingerAfterAnswer } from '../src/http/connection/linger-after-answer.ts';
import { couponFile } from './support/coupon-file.ts';
import { mobileInput, token } from './support/graphql-client.ts';
import { listen } from './support/listen.ts';
import {
  boundary,
  encodeForm,
  type FormPart,
  filePart,
  mapPart,
  operationsPart,
} from './support/multipart-form.ts';
import { openConnection } from './support/raw-connection.ts';
import { postHead, type RequestHeaders, readGraphQL } from './support/raw-graphql.ts';
import { useGateway } from './support/use-gateway.ts';
import { wholeRequests } from './support/whole-requests.ts';

const gateway = useGateway({
  env: { UPLOAD_IDLE_TIMEOUT_MS: '600', MAX_FILE_BYTES: String(4 * 1024 * 1024) },
});

interface LargeRequest {
  readonly form: readonly FormPart[];
  readonly headers?: RequestHeaders;
}

/** Some 64 MiB, made of one chunk. */
const filler = couponFile(1024 * 1024);
const fillers = 64;

function largeForm(parts: readonly FormPart[]) {
  return { before: encodeForm([...parts, filePart('')], ''), after: Buffer.from(`\r\n--${boundary}--\r\n`) };
}

const clients = {
  async 'reads while it sends'({ form, headers }: LargeRequest) {
    const { before, after } = largeForm(form);
    await using agent = new (class extends Agent {
      async [Symbol.asyncDispose]() {
        await this.destroy();
      }
    })();
    const answer = await request(gateway.url, {
      method: 'POST',
      dispatcher: agent,
      headers: definedHeaders(headers),
      body: Readable.from(
        (function* () {
          yield before;
          for (let sent = 0; sent < fillers; sent++) yield filler;
          yield after;
        })(),
      ),
    });
    return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
  },
  async 'sends a FormData by fetch'({ form, headers }: LargeRequest) {
    const data = new FormData();
    for (const { name, value } of form) data.append(name, String(value));
    data.append('0', new Blob(Array.from({ length: fillers }, () => filler)), 'coupons.csv');
    const { 'content-type': _, ...others } = definedHeaders(headers);
    const answer = await fetch(gateway.url, { method: 'POST', headers: others, body: data });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  },
  async 'reads nothing before it has sent everything'({ form, headers }: LargeRequest) {
    const { before, after } = largeForm(form);
    const length = before.length + fillers * filler.length + after.length;
    using connection = await openConnection(gateway.url);
    await connection.write(postHead({ 'content-length': length, ...headers }));
    await connection.write(before);
    for (let sent = 0; sent < fillers; sent++) await connection.write(filler);
    await connection.write(after);
    return await connection.answer();
  },
};

function definedHeaders(headers: RequestHeaders = {}): Record<string, string> {
  const all = {
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'graphql-require-preflight': '1',
    'x-cap-api-oauth-token': token,
    ...headers,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
}

describe.each(Object.entries(clients))(
  'A large file before which the answer is out, from a client that %s',
  (_, send) => {
    const good = [operationsPart(), mapPart()];
    const noColumn = { couponSeriesId: '541854', customerIdentifier: 'MOBILE' };
    const file = null;

    test.each([
      {
        name: 'the query does not parse',
        form: [operationsPart({ file }, 'mutation {'), mapPart()],
        code: 'GRAPHQL_PARSE_FAILED',
      },
      {
        name: 'the query is not valid',
        form: [operationsPart({ file }, 'mutation ($file: Upload!) { nothing(file: $file) }'), mapPart()],
        code: 'GRAPHQL_VALIDATION_FAILED',
      },
      {
        name: 'a variable is wrong',
        form: [operationsPart({ file, input: { couponSeriesId: [] } }), mapPart()],
        code: 'BAD_USER_INPUT',
      },
      {
        name: 'there is no token',
        form: good,
        headers: { 'x-cap-api-oauth-token': null },
        code: 'UNAUTHENTICATED',
        status: 200,
      },
      {
        name: 'the token is refused',
        form: good,
        headers: { 'x-cap-api-oauth-token': 'old' },
        code: 'UNAUTHENTICATED',
        status: 200,
      },
      {
        name: 'the map is wrong',
        form: [operationsPart(), mapPart({ 0: ['nowhere'] })],
        code: 'BAD_REQUEST',
      },
      { name: 'there is no map', form: [operationsPart()], code: 'BAD_REQUEST' },
      {
        name: 'there is no CSRF header',
        form: good,
        headers: { 'graphql-require-preflight': null },
        code: 'CSRF_PREVENTED',
        status: 403,
      },
    ])('is heard in full: $name', async ({ form, headers, code, status = 400 }) => {
      const since = gateway.sandbox.requests.length;
      const answer = await send({
        form,
        headers: { accept: 'application/graphql-response+json', ...headers },
      });
      expect(readGraphQL(answer)).toMatchObject({ status, code });
      expect(answer.headers['connection']).toBe('close');
      expect(await wholeRequests(gateway.sandbox, since)).toEqual([]);
    });

    test.each([
      {
        name: 'the input is refused',
        form: [operationsPart({ file, input: noColumn }), mapPart()],
        typename: 'InvalidInputError',
      },
      {
        name: 'upstream refuses the series',
        form: [operationsPart({ file, input: { ...mobileInput, couponSeriesId: '404404' } }), mapPart()],
        typename: 'UpstreamRejectedError',
      },
      { name: 'the file is too large', form: good, typename: 'InvalidFileError' },
    ])('is heard in full: $name', async ({ form, typename }) => {
      const since = gateway.sandbox.requests.length;
      const answer = await send({ form });
      expect(readGraphQL(answer)).toMatchObject({
        status: 200,
        data: { uploadCouponBatch: { __typename: typename } },
      });
      expect(answer.headers['connection']).toBe('close');
      expect(await wholeRequests(gateway.sandbox, since)).toEqual([]);
    });
  },
);

describe('Listening on after an early answer', () => {
  async function answerEarly(options: LingerOptions) {
    const server = createServer((req, res) => {
      lingerAfterAnswer(req, res, options);
      res.end('early');
    });
    const listening = await listen(server);
    return {
      url: `http://${listening.host}`,
      [Symbol.asyncDispose]: listening[Symbol.asyncDispose],
    };
  }

  test.each([
    { name: 'bytes', options: { maxBytes: 1024 * 1024, idleMs: 60_000 } },
    { name: 'time', options: { slowMs: 50, minBytesPerSecond: 1e15, idleMs: 60_000 } },
  ])('has a bound of $name', async ({ options }) => {
    await using server = await answerEarly(options);
    using connection = await openConnection(server.url);
    await connection.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    expect((await connection.answer()).body).toBe('early');
    const endless = async () => {
      for (;;) await connection.write(chunk(filler));
    };
    await expect(endless()).rejects.toThrow(/ECONNRESET|EPIPE|ECANCELED|destroyed/);
  });

  test('ends for a client that sends nothing more', async () => {
    await using server = await answerEarly({ idleMs: 50 });
    using connection = await openConnection(server.url);
    await connection.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx');
    const answer = await connection.answer();
    expect(answer).toMatchObject({ body: 'early', headers: { connection: 'close' } });
    await connection.closed();
  });

  test('goes on for a client that is only slow', async () => {
    await using server = await answerEarly({ idleMs: 200 });
    using connection = await openConnection(server.url);
    await connection.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n');
    for (let sent = 0; sent < 8; sent++) {
      await pause(50);
      await connection.write('x');
    }
    expect((await connection.answer()).body).toBe('early');
    await connection.closed();
    expect(connection.socket.errored).toBeNull();
  });

  test('has no bound of time for a client that keeps a fair pace', async () => {
    await using server = await answerEarly({ slowMs: 50, minBytesPerSecond: 1 });
    using connection = await openConnection(server.url);
    await connection.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${4 * filler.length}\r\n\r\n`);
    for (let sent = 0; sent < 4; sent++) {
      await connection.write(filler);
      await pause(50);
    }
    expect((await connection.answer()).body).toBe('early');
    await connection.closed();
    expect(connection.socket.errored).toBeNull();
  });

  test('ends as soon as the body is in', async () => {
    await using server = await answerEarly({});
    using connection = await openConnection(server.url);
    await connection.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx');
    await connection.answer();
    await connection.write('x'.repeat(99));
    await connection.closed();
    expect(connection.socket.errored).toBeNull();
  });

  test('does not cost a whole request its connection', async () => {
    await using server = await answerEarly({});
    using connection = await openConnection(server.url);
    for (let turn = 0; turn < 2; turn++) {
      await connection.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      expect((await connection.answer()).headers['connection']).not.toBe('close');
    }
  });
});

function chunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}
