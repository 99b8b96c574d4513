import dns from 'node:dns';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { Agent } from 'undici';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { CapillaryError } from '../src/capillary/capillary-error.ts';
import { clusters } from '../src/capillary/clusters.ts';
import { createDispatcher } from '../src/capillary/create-dispatcher.ts';
import { createListJobs, type ListJobsInput } from '../src/capillary/list-jobs.ts';
import { createOwnCredential } from '../src/capillary/own-credential.ts';
import { passThroughCredential } from '../src/capillary/pass-through-credential.ts';
import type { RetryOptions } from '../src/capillary/retry-reads.ts';
import { toCapillaryError } from '../src/capillary/to-capillary-error.ts';
import { deferred } from '../src/flow/deferred.ts';
import { couponStatus, redeemedStatus } from './support/documented-answers.ts';
import { listen } from './support/listen.ts';
import { type StubAnswer, startStubServer } from './support/stub-server.ts';

const dispatcher = createDispatcher();
afterAll(() => dispatcher.close());

const token = 'opaque-token-1';
const { signal } = new AbortController();
const good: StubAnswer = { body: couponStatus };

const goodBody = JSON.stringify(couponStatus);
const rawAnswer = `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(goodBody)}\r\n\r\n${goodBody}`;

interface ReadOptions extends Partial<ListJobsInput> {
  readonly timeoutMs?: number;
  readonly maxBodyBytes?: number;
  readonly pace?: RetryOptions;
}

/** Reads the jobs of series 535521, and notes every pause instead of waiting for it. */
function reader(couponApiUrl: string, options: ReadOptions = {}) {
  const { timeoutMs = 5000, maxBodyBytes, pace, ...input } = options;
  const pauses: number[] = [];
  const delay = async (ms: number) => void pauses.push(ms);
  const retry = { delay, random: () => 1, ...pace };
  const listJobs = createListJobs({ couponApiUrl, dispatcher, timeoutMs, maxBodyBytes, retry });
  const credential = passThroughCredential(token);
  const read = () =>
    listJobs({ kind: 'COUPON_BATCH', couponSeriesId: '535521', credential, signal, ...input });
  return { pauses, read, fail: () => failureOf(read()) };
}

async function failureOf(promise: Promise<unknown>): Promise<CapillaryError> {
  const error = await promise.then(
    () => new Error('It did not fail.'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof CapillaryError)) throw error;
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(token);
  return error;
}

describe('A read that fails for good', () => {
  test('does not carry the token where a redirect points', async () => {
    await using other = await startStubServer(() => good);
    for (const status of [301, 302, 303, 307, 308]) {
      await using server = await startStubServer(() => ({ status, headers: { location: other.url } }));
      const error = await reader(server.url).fail();
      expect(error).toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE', httpStatus: status });
      expect(server.requests).toHaveLength(1);
    }
    expect(other.requests).toHaveLength(0);
  });

  test.each([
    { status: 400, code: 'REJECTED' },
    { status: 401, code: 'UNAUTHENTICATED' },
    { status: 498, code: 'UNAUTHENTICATED' },
    { status: 403, code: 'FORBIDDEN' },
    { status: 404, code: 'REJECTED' },
    { status: 500, code: 'UPSTREAM_UNAVAILABLE' },
    { status: 501, code: 'UPSTREAM_UNAVAILABLE' },
    { status: 200, code: 'UPSTREAM_INVALID_RESPONSE' },
  ])('is $code after one request that answers $status', async ({ status, code }) => {
    const body = { hint: `token ${token}`, message: status === 200 ? null : `token ${token}` };
    await using server = await startStubServer(() => ({ status, body }));
    expect(await reader(server.url).fail()).toMatchObject({ code });
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    { name: 'bytes', content: ' ', maxBodyBytes: 100_000 },
    { name: 'objects', content: '{},' },
    { name: 'lists', content: '[],' },
    { name: 'values in each object', content: '0,' },
  ])('is UPSTREAM_INVALID_RESPONSE for a body of too many $name, whose connection is cut', async (given) => {
    const { name, content, maxBodyBytes = 64 * 1024 * 1024 } = given;
    const { promise: cut, resolve } = deferred();
    await using server = await startStubServer((_, __, response) => {
      response.once('close', resolve);
      const chunk = Buffer.alloc(64 * 1024, content);
      const push = () => {
        while (response.write(chunk));
      };
      response.on('drain', push);
      push();
      return undefined;
    });
    const error = await reader(server.url, { maxBodyBytes }).fail();
    expect(error).toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE', httpStatus: 200 });
    expect(error.message).toContain(name === 'lists' ? 'objects' : name);
    await cut;
  });

  test.each([
    { name: 'does not speak HTTP', sent: `${token} is what you sent\r\n\r\n` },
    { name: 'changes to a protocol that nobody asked for', sent: 'HTTP/1.1 101 Some Reason\r\n\r\n' },
    { name: 'says 100 before its answer, unasked', sent: `HTTP/1.1 100 Continue\r\n\r\n${rawAnswer}` },
  ])('is UPSTREAM_INVALID_RESPONSE when upstream $name', async ({ sent }) => {
    const server = createServer((socket) => void socket.end(sent));
    const { host } = await listen(server);
    const error = await reader(`http://${host}`).fail();
    expect(error.code).toBe('UPSTREAM_INVALID_RESPONSE');
    server.close();
  });

  test.each(['EAI_FAIL', 'ENETRESET', 'EPERM', 'CRL_HAS_EXPIRED', 'INVALID_PURPOSE', 'HOSTNAME_MISMATCH'])(
    'is UPSTREAM_UNAVAILABLE for what the network seldom says: %s',
    (code) => {
      const error = toCapillaryError(Object.assign(new Error('x'), { code }), signal);
      expect(error).toMatchObject({ name: 'CapillaryError', code: 'UPSTREAM_UNAVAILABLE' });
    },
  );

  test('comes back as it is when it is a bug of ours', async () => {
    await expect(reader('no url').read()).rejects.toThrow(TypeError);
    const bug = Object.assign(new Error('x'), { code: 'UND_ERR_INVALID_ARG' });
    expect(toCapillaryError(bug, signal)).toBe(bug);
  });
});

test.each(['102 Processing', '103 Early Hints'])(
  'A read passes over an interim answer: %s',
  async (status) => {
    const interim = `HTTP/1.1 ${status}\r\nLink: </x>\r\n\r\n`;
    const server = createServer((socket) => void socket.end(interim + interim + rawAnswer));
    const { host } = await listen(server);
    expect(await reader(`http://${host}`).read()).toHaveLength(1);
    server.close();
  },
);

describe('A read that fails for the moment', () => {
  test.each([
    { name: '502', status: 502, body: '<html>' },
    { name: '503', status: 503, body: '' },
    { name: '504', status: 504, body: {} },
    { name: '429', status: 429, body: '' },
    { name: '4001 in the body', status: 200, body: { status: { code: 4001, success: false } } },
  ])('is repeated after $name, and told after the fourth', async ({ status, body }) => {
    await using server = await startStubServer(() => ({ status, body }));
    const { pauses, fail } = reader(server.url);
    await fail();
    expect(server.requests).toHaveLength(4);
    expect(pauses).toEqual([200, 400, 800]);
  });

  test('is repeated after a connection that breaks before or in the answer', async () => {
    await using server = await startStubServer((_, number, response) => {
      if (number === 1) return void response.destroy() as undefined;
      if (number > 2) return good;
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"success":true', () => response.destroy());
      return undefined;
    });
    expect(await reader(server.url).read()).toHaveLength(1);
    expect(server.requests).toHaveLength(3);
  });

  test.each([
    { name: 'a chunked answer', headers: {} },
    { name: 'the last chunked answer of a connection', headers: { connection: 'close' } },
    { name: 'an answer of known length', headers: { 'content-length': '1000' } },
    {
      name: 'the last answer of known length of a connection',
      headers: { 'content-length': '1000', connection: 'close' },
    },
  ])('is repeated after $name that stops short', async ({ headers }) => {
    await using server = await startStubServer((_, number, response) => {
      if (number > 1) return good;
      response.writeHead(200, headers);
      response.write('{"success":true', () => response.socket?.end());
      return undefined;
    });
    expect(await reader(server.url).read()).toHaveLength(1);
  });

  test('is UPSTREAM_UNAVAILABLE where nobody listens, and repeated', async () => {
    const server = await startStubServer(() => good);
    await server[Symbol.asyncDispose]();
    const { pauses, fail } = reader(server.url);
    expect(await fail()).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', httpStatus: undefined });
    expect(pauses).toHaveLength(3);
  });

  test('is UPSTREAM_UNAVAILABLE for a name that does not resolve', async () => {
    const error = await reader('http://nowhere.invalid', { retry: false }).fail();
    expect(error.code).toBe('UPSTREAM_UNAVAILABLE');
  });

  test('is UPSTREAM_TIMEOUT when no answer comes, repeated once', async () => {
    await using server = await startStubServer(() => undefined);
    expect((await reader(server.url, { timeoutMs: 50 }).fail()).code).toBe('UPSTREAM_TIMEOUT');
    expect(server.requests).toHaveLength(2);
  });

  test('is UPSTREAM_TIMEOUT when the answer trickles past the time for all of it', async () => {
    let trickle: NodeJS.Timeout | undefined;
    await using server = await startStubServer((_, __, response) => {
      trickle = setInterval(() => response.write(' '), 10);
      return undefined;
    });
    const error = await reader(server.url, { timeoutMs: 100, retry: false }).fail();
    expect(error.code).toBe('UPSTREAM_TIMEOUT');
    clearInterval(trickle);
  });

  test('is UPSTREAM_TIMEOUT when no connection is to be had', async () => {
    const stuck = new Agent({ connect: () => undefined });
    const listJobs = createListJobs({ couponApiUrl: 'http://127.0.0.1:1', dispatcher: stuck, timeoutMs: 50 });
    const credential = passThroughCredential(token);
    const input = { kind: 'COUPON_BATCH', couponSeriesId: '1', credential, signal, retry: false } as const;
    expect((await failureOf(listJobs(input))).code).toBe('UPSTREAM_TIMEOUT');
    await stuck.destroy();
  });

  test('is told at once to who has a pace of his own', async () => {
    await using server = await startStubServer(() => ({ status: 503 }));
    await reader(server.url, { retry: false }).fail();
    expect(server.requests).toHaveLength(1);
  });

  test('waits as Retry-After says, never less', async () => {
    await using server = await startStubServer((_, number) =>
      number > 2 ? good : { status: number === 1 ? 429 : 503, headers: { 'retry-after': String(number) } },
    );
    const { pauses, read } = reader(server.url, { pace: { random: () => 0.5 } });
    expect(await read()).toHaveLength(1);
    expect(pauses).toEqual([1100, 2100]);
  });

  test('is RATE_LIMITED at once when Retry-After is longer than anyone shall wait', async () => {
    await using server = await startStubServer(() => ({ status: 429, headers: { 'retry-after': '6' } }));
    expect(await reader(server.url).fail()).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 6 });
    expect(server.requests).toHaveLength(1);
  });

  test('begins no attempt past the total time', async () => {
    let nowMs = 0;
    await using server = await startStubServer(() => ({ status: 503, headers: { 'retry-after': '4' } }));
    const delay = async (ms: number) => {
      nowMs += ms;
    };
    const pace = { now: () => nowMs, delay, random: () => 0 };
    await reader(server.url, { pace: { ...pace, attempts: 100 } }).fail();
    expect(nowMs).toBe(8000);
    expect(server.requests).toHaveLength(3);
  });

  test('pauses for a random time under a growing cap', async () => {
    await using server = await startStubServer(() => ({ status: 503 }));
    const { pauses, fail } = reader(server.url, {
      pace: { random: () => 0.5, attempts: 8, maxDelayMs: 1000, now: () => 0 },
    });
    await fail();
    expect(pauses).toEqual([100, 200, 400, 500, 500, 500, 500]);
  });
});

describe('A read whose caller leaves', () => {
  const reason = new Error('the caller left');

  test('makes no request when he had left before', async () => {
    await using server = await startStubServer(() => good);
    await expect(reader(server.url, { signal: AbortSignal.abort(reason) }).read()).rejects.toBe(reason);
    expect(server.requests).toHaveLength(0);
  });

  test('rejects with his reason and cuts the connection', async () => {
    const leaver = new AbortController();
    const { promise: cut, resolve } = deferred();
    await using server = await startStubServer((_, __, response) => {
      response.once('close', resolve);
      leaver.abort(reason);
      return undefined;
    });
    await expect(reader(server.url, { signal: leaver.signal }).read()).rejects.toBe(reason);
    await cut;
    expect(server.requests).toHaveLength(1);
  });

  test('rejects with his reason in the middle of the body', async () => {
    const leaver = new AbortController();
    await using server = await startStubServer((_, __, response) => {
      response.write('{"success":', () => leaver.abort(reason));
      return undefined;
    });
    await expect(reader(server.url, { signal: leaver.signal }).read()).rejects.toBe(reason);
  });

  test('rejects at once while it waits for a connection', async () => {
    const leaver = new AbortController();
    const stuck = new Agent({ connect: () => void leaver.abort(reason) });
    const listJobs = createListJobs({
      couponApiUrl: 'http://127.0.0.1:1',
      dispatcher: stuck,
      timeoutMs: 5000,
    });
    const credential = passThroughCredential(token);
    const input = { kind: 'COUPON_BATCH', couponSeriesId: '1', credential, signal: leaver.signal } as const;
    await expect(listJobs(input)).rejects.toBe(reason);
    await stuck.destroy();
  });

  test('rejects with his reason in a pause, and makes no further request', async () => {
    const leaver = new AbortController();
    await using server = await startStubServer(() => ({ status: 429, headers: { 'retry-after': '5' } }));
    const listJobs = createListJobs({
      couponApiUrl: server.url,
      dispatcher,
      timeoutMs: 5000,
      retry: {
        random: () => {
          setImmediate(() => leaver.abort(reason));
          return 0;
        },
      },
    });
    const credential = passThroughCredential(token);
    const input = { kind: 'COUPON_BATCH', couponSeriesId: '1', credential, signal: leaver.signal } as const;
    await expect(listJobs(input)).rejects.toBe(reason);
    expect(server.requests).toHaveLength(1);
  });
});

describe('A read that succeeds', () => {
  test.each([
    { kind: 'COUPON_BATCH', body: couponStatus, path: 'getUploadStatus', id: '220605' },
    {
      kind: 'REDEEMED_COUPONS',
      body: redeemedStatus,
      path: 'getUploadRedeemedCouponStatus',
      id: '4455',
    },
  ] as const)('asks for $kind as documented', async ({ kind, body, path, id }) => {
    await using server = await startStubServer(() => ({ body }));
    const jobs = await reader(`${server.url}/`, { kind }).read();
    expect(jobs.map(({ jobId }) => jobId)).toEqual([id]);
    expect(server.requests).toMatchObject([
      {
        method: 'GET',
        path: `/coupon/api/v1/upload/${path}/535521`,
        // An answer in another encoding could not be read.
        headers: { 'x-cap-api-oauth-token': token, 'accept-encoding': 'identity' },
      },
    ]);
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('sorts jobs by the number in jobId, past 2^53 too', async () => {
    const ids = ['10', '9', '100', '9007199254740993', '9007199254740992', '1'];
    const body = { result: { uploadJobStatuses: ids.map((jobId) => ({ jobId })) } };
    await using server = await startStubServer(() => ({ body }));
    const jobs = await reader(server.url).read();
    expect(jobs.map(({ jobId }) => jobId)).toEqual([
      '1',
      '9',
      '10',
      '100',
      '9007199254740992',
      '9007199254740993',
    ]);
  });

  test('keeps a strange series id inside its path segment', async () => {
    await using server = await startStubServer(() => good);
    await reader(server.url, { couponSeriesId: 'a/../b?c#d' }).read();
    expect(server.requests[0]?.path).toBe('/coupon/api/v1/upload/getUploadStatus/a%2F..%2Fb%3Fc%23d');
  });

  test.each([401, 498])('got a new token once after a %i', async (status) => {
    await using server = await startStubServer(({ path, headers }, number) => {
      const accessToken = `${token}-${number}`;
      if (path.includes('oauth')) return { body: { data: { accessToken, ttlSeconds: 300 } } };
      return headers['x-cap-api-oauth-token'] === `${token}-1` ? { status } : good;
    });
    const options = { key: 'k', secret: 's', tokenApiUrl: server.url, dispatcher, timeoutMs: 5000 };
    const { read } = reader(server.url, { credential: createOwnCredential(options) });
    expect(await read()).toHaveLength(1);
    expect(server.requests.map(({ path }) => path.split('/').at(-1))).toEqual([
      'generate',
      '535521',
      'generate',
      '535521',
    ]);
  });

  /** Node would leave the first address after 250 ms and, unless told otherwise, never come back to it. */
  test('has its answer from the first of two addresses, although the connection takes a while', async () => {
    await using server = await startStubServer(() => good);
    const url = new URL(server.url);
    const addresses = [url.hostname, '127.0.0.2'].map((address) => ({ address, family: 4 }));
    const lookUp = (_: string, __: unknown, found: (error: null, all: typeof addresses) => void) => {
      found(null, addresses);
      // By now it is connecting. It cannot learn in time that it is connected.
      for (const startMs = performance.now(); performance.now() - startMs < 300; );
    };
    using _ = vi.spyOn(dns, 'lookup').mockImplementation(lookUp as never);
    expect(await reader(`http://two-addresses.test:${url.port}`).read()).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  test('keeps its connections for the reads that follow', async () => {
    const ports = new Set<number | undefined>();
    await using server = await startStubServer((_, __, response) => {
      ports.add(response.socket?.remotePort);
      return good;
    });
    for (let call = 0; call < 20; call += 1) await reader(server.url).read();
    // Two, as undici frees a socket only a moment after the body has ended.
    expect(ports.size).toBeLessThanOrEqual(2);
  });
});

test('Every cluster has two https hosts without a path', () => {
  expect(Object.keys(clusters)).toEqual(['eu', 'india', 'apac2', 'sea', 'us', 'ushc', 'china']);
  for (const { tokenApiUrl, couponApiUrl } of Object.values(clusters)) {
    expect([new URL(tokenApiUrl).origin, new URL(couponApiUrl).origin]).toEqual([tokenApiUrl, couponApiUrl]);
    expect(tokenApiUrl).toMatch(/^https:.*\bapi\./);
    expect(couponApiUrl).toMatch(/^https:.*\bintouch\./);
  }
});
