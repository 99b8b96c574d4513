import { describe, expect, test } from 'vitest';
import { innards } from './support/innards.ts';
import { openConnection, type RawAnswer } from './support/raw-connection.ts';
import { exchange, postHead, type RequestHeaders, readGraphQL, requestHead } from './support/raw-graphql.ts';
import { useGateway } from './support/use-gateway.ts';

const gateway = useGateway();

function get(target: string, headers: RequestHeaders = {}): Promise<RawAnswer> {
  return exchange(gateway.url, requestHead('GET', target, headers));
}

describe('A request line or head', () => {
  const query = '?query=%7B__typename%7D';

  test.each([
    { name: 'an absolute target', target: `http://gateway.example/graphql${query}` },
    { name: 'an absolute target with another host', target: `http://other.example:81/graphql${query}` },
    { name: 'an absolute target with capitals', target: `HTTP://gateway.example/graphql${query}` },
  ])('with $name works', async ({ target }) => {
    expect(readGraphQL(await get(target))).toMatchObject({ status: 200, data: { __typename: 'Query' } });
  });

  test.each([
    { name: 'no scheme that we know', target: 'ftp://gateway.example/graphql', status: 400 },
    { name: 'a broken absolute target', target: 'http://[/graphql', status: 400 },
    { name: 'an absolute target without a host', target: 'http:///', status: 400 },
    { name: 'two slashes and a host', target: `//evil/graphql${query}`, status: 404 },
    { name: 'three slashes', target: `///evil/graphql${query}`, status: 404 },
    { name: 'a backslash and a host', target: `/\\evil/graphql${query}`, status: 404 },
    { name: 'another path', target: '/nothing', status: 404 },
    { name: 'a slash behind', target: '/graphql/', status: 404 },
    { name: 'another case', target: '/GraphQL', status: 404 },
    { name: 'a path up', target: '/../../etc/passwd', status: 404 },
    { name: 'a path below', target: '/graphql/x', status: 404 },
    { name: 'a percent sign alone', target: '/%', status: 404 },
  ])('with $name is a clean $status', async ({ target, status }) => {
    const answer = await get(target);
    expect(answer.headers['content-type']).toMatch(/application\/json/);
    expect(readGraphQL(answer)).toMatchObject({ status, code: status === 404 ? 'NOT_FOUND' : 'BAD_REQUEST' });
    expect(answer.body).not.toMatch(innards);
  });

  test.each(['a b', '[', 'a:b:c', 'a/b', '<script>', 'a@b', 'host:99999', '%', ''])(
    'with the host "%s" is a clean 400',
    async (host) => {
      const answer = await get(`/graphql${query}`, { host });
      expect(readGraphQL(answer)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
      expect(answer.body).not.toMatch(innards);
    },
  );

  test.each([
    { name: 'no host', bytes: `GET /graphql${query} HTTP/1.1\r\n\r\n` },
    { name: 'two hosts', bytes: `GET /graphql${query} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n` },
    { name: 'the same host twice', bytes: `GET /graphql${query} HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n` },
  ])('with $name is told so', async ({ bytes }) => {
    expect(readGraphQL(await exchange(gateway.url, bytes))).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
    });
  });

  test.each([
    { name: 'no host, from a page without an origin', hosts: 'Origin: null\r\n' },
    { name: 'two hosts', hosts: 'Host: a\r\nHost: b\r\n' },
    { name: 'a host that is a path', hosts: 'Host: a/b\r\n' },
  ])('that opens a WebSocket with $name is refused, too', async ({ hosts }) => {
    const handshake =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n';
    const answer = await exchange(gateway.url, `GET /graphql HTTP/1.1\r\n${hosts}${handshake}\r\n`);
    expect(answer.status).toBe(400);
  });

  test('without a host works where the version of HTTP wants none', async () => {
    const answer = await exchange(gateway.url, `GET /graphql${query} HTTP/1.0\r\n\r\n`);
    expect(readGraphQL(answer)).toMatchObject({ status: 200, data: { __typename: 'Query' } });
  });

  test.each([
    { name: 'no HTTP', bytes: 'hello\r\n\r\n' },
    { name: 'a TLS handshake', bytes: Buffer.from('16030100c8010000c40303', 'hex') },
    { name: 'a header with a line break in its name', bytes: 'GET / HTTP/1.1\r\nHost: a\r\nx\ny: b\r\n\r\n' },
    {
      name: 'a length and chunks at once',
      bytes:
        'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    },
    {
      name: 'two lengths',
      bytes: 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
    },
    {
      name: 'a length that is none',
      bytes: 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
    },
    {
      name: 'a chunk of no size',
      bytes: `${postHead({ 'content-type': 'application/json', 'transfer-encoding': 'chunked' })}zz\r\n`,
    },
  ])('that is malformed is told so: $name', async ({ bytes }) => {
    const answer = await exchange(gateway.url, bytes);
    expect(readGraphQL(answer)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(answer.headers['connection']).toBe('close');
  });

  const large = 'x'.repeat(20_000);
  const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`x${at}`, 1]));
  test.each([
    { name: 'a header', bytes: requestHead('GET', '/graphql', { 'x-large': large }), status: 431 },
    { name: 'many headers', bytes: requestHead('GET', '/', many), status: 431 },
    { name: 'an address', bytes: requestHead('GET', `/graphql?${large}`), status: 414 },
    { name: 'an address and headers', bytes: requestHead('GET', `/?${large}`, { large }), status: 414 },
    { name: 'a half of one', bytes: `POST /graphql?${large}`, status: 414 },
  ])('that is too large is told which part of it is: $name', async ({ bytes, status }) => {
    const code = status === 414 ? 'URI_TOO_LONG' : 'HEADERS_TOO_LARGE';
    expect(readGraphQL(await exchange(gateway.url, bytes))).toMatchObject({ status, code });
  });

  test('that is too large is told so on a connection that had a request before', async () => {
    using connection = await openConnection(gateway.url);
    await connection.write(requestHead('GET', '/healthz'));
    expect(await connection.answer()).toMatchObject({ status: 200 });
    await connection.write(requestHead('GET', `/graphql?${large}`));
    expect(await connection.answer()).toMatchObject({ status: 414 });
  });

  test('that breaks off after a whole request leaves the answer to that alone', async () => {
    using connection = await openConnection(gateway.url);
    await connection.write(requestHead('GET', '/healthz'));
    expect(await connection.answer()).toMatchObject({ status: 200, body: 'ok\n' });
    await connection.write('garbage\r\n\r\n');
    expect(readGraphQL(await connection.answer())).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });
});

describe('Methods', () => {
  test.each(['PUT', 'PATCH', 'DELETE', 'PROPFIND'])(
    '%s of /graphql is a 405 that names those which are allowed',
    async (method) => {
      const answer = await exchange(gateway.url, requestHead(method, '/graphql', { 'content-length': 0 }));
      expect(answer.status).toBe(405);
      expect(answer.headers['allow']).toMatch(/GET, ?POST/);
      expect(answer.body).not.toMatch(innards);
    },
  );

  test.each(['/healthz', '/readyz', '/metrics'])('POST of %s is a 405', async (path) => {
    const answer = await exchange(gateway.url, requestHead('POST', path, { 'content-length': 0 }));
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe('GET, HEAD');
  });

  test.each(['/healthz', '/readyz', '/metrics'])('HEAD of %s answers without a body', async (path) => {
    const response = await fetch(new URL(path, gateway.url), { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  test('POST of an unknown path is a 404, its body unread', async () => {
    const head = requestHead('POST', '/nothing', { 'content-length': 1_000_000 });
    const answer = await exchange(gateway.url, head);
    expect(readGraphQL(answer)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(answer.headers['connection']).toBe('close');
  });
});

describe("The operator's paths", () => {
  test('tell that the gateway lives and works', async () => {
    expect(await get('/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await get('/readyz')).toMatchObject({ status: 200, body: 'ready\n' });
  });

  test('give metrics in the text format of Prometheus', async () => {
    const { status, headers, body } = await get('/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/plain; version=/);
    expect(body).toMatch(/^process_resident_memory_bytes \d/m);
  });

  test('take a query behind them', async () => {
    expect(await get('/healthz?from=probe')).toMatchObject({ status: 200 });
  });
});
