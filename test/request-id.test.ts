import { request } from 'undici';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createOperationRecords, type FinishedOperation } from '../src/observe/operation-record.ts';
import { eventually } from './support/eventually.ts';
import { ask, token, upload } from './support/graphql-client.ts';
import { exchange, postHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { outcome, transports, watchJobs } from './support/subscription-clients.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function post(url: string, query: string, headers: Record<string, string> = {}) {
  const response = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-cap-api-oauth-token': token, ...headers },
    body: JSON.stringify({ query }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, looked at by assertions only
  const body = (await response.body.json()) as any;
  return { id: response.headers['x-request-id'], status: response.statusCode, body };
}

const logged = ({ log }: TestGateway) => log.map((line) => JSON.parse(line));

const bug = vi.hoisted((): { thrown?: Error | undefined } => ({}));
vi.mock(import('../src/jobs/job-page.ts'), async (load) => {
  const real = await load();
  const jobPage: typeof real.jobPage = (...args) => {
    if (bug.thrown) throw bug.thrown;
    return real.jobPage(...args);
  };
  return { ...real, jobPage };
});

/** A gateway with a bug: pages of jobs cannot be made. */
async function startBroken() {
  const cause = Object.assign(new Error('deeper'), { command: { args: ['a-password'] } });
  const thrown = new TypeError('a bug of ours', { cause });
  bug.thrown = Object.assign(thrown, {
    code: 'ERR_BUG',
    request: { headers: { 'x-cap-api-oauth-token': token } },
  });
  return startGateway();
}

afterEach(() => {
  bug.thrown = undefined;
});

describe("A caller's request id", () => {
  test.each([
    { name: 'too short', id: 'abc' },
    { name: 'too long', id: 'a'.repeat(129) },
    { name: 'with blanks', id: 'abcd efgh' },
    { name: 'with quotes', id: '"abcdefgh"' },
    { name: 'with letters that no id has', id: 'abcd\u00e9fgh' },
    { name: 'empty', id: '' },
  ])('$name is replaced', async ({ id }) => {
    await using started = await startGateway();
    const answer = await post(started.url, '{ __typename }', { 'x-request-id': id });
    expect(answer.id).toMatch(uuid);
  });

  test('sent twice is replaced', async () => {
    await using started = await startGateway();
    const head = postHead({ 'content-type': 'application/json', 'content-length': 0 });
    const twice = head.replace(
      '\r\n\r\n',
      '\r\nx-request-id: first-0001\r\nx-request-id: second-0002\r\n\r\n',
    );
    expect((await exchange(started.url, twice)).headers['x-request-id']).toMatch(uuid);
  });

  test('that would begin a line of the log, in connection parameters, is replaced', async () => {
    await using started = await startGateway();
    const overWebSocket = transports.find(({ name }) => name === 'WebSocket');
    const params = { 'x-request-id': 'socket-0001\n{"level":50,"msg":"made up"}' };
    await outcome(overWebSocket?.start(started.url, { query: '{ __typename }' }, { params }) as never);
    await eventually(() => {
      const [line] = logged(started).filter(({ msg }) => msg === 'operation');
      expect(line?.requestId).toMatch(uuid);
    });
    expect(started.log.join('')).not.toContain('made up');
  });

  test.each(['a-b_c.d:1', 'A'.repeat(128), 'c0ffee00-1234'])('%s comes back as it is', async (id) => {
    await using started = await startGateway();
    expect((await post(started.url, '{ __typename }', { 'x-request-id': id })).id).toBe(id);
  });

  test('is made, another for each request, where none was sent', async () => {
    await using started = await startGateway();
    const first = await post(started.url, '{ __typename }');
    const second = await post(started.url, '{ __typename }');
    expect(first.id).toMatch(uuid);
    expect(second.id).toMatch(uuid);
    expect(first.id).not.toBe(second.id);
  });

  test('comes back with refusals too', async () => {
    await using started = await startGateway();
    const headers = { 'x-request-id': 'refused-1' };
    expect(await post(started.url, '{ nothing }', headers)).toMatchObject({ id: 'refused-1', status: 200 });
    const csrf = { ...headers, 'content-type': 'text/plain' };
    expect(await post(started.url, '{ __typename }', csrf)).toMatchObject({ id: 'refused-1', status: 403 });
  });

  test('can be read by a page of another origin that may ask at all', async () => {
    await using started = await startGateway({ env: { CORS_ORIGINS: 'https://shop.example' } });
    const { headers } = await request(started.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://shop.example' },
      body: '{"query":"{__typename}"}',
    });
    expect(String(headers['access-control-expose-headers']).split(', ')).toContain('x-request-id');
  });

  test('is not passed upstream, whose contract has no place for it', async () => {
    await using started = await startGateway();
    await post(started.url, '{ couponSeries(id: "1") { uploadJobs { totalCount } } }', {
      'x-request-id': 'mine-and-only-mine',
    });
    expect(started.sandbox.requests).toHaveLength(2);
    expect(JSON.stringify(started.sandbox.requests)).not.toContain('mine-and-only-mine');
  });
});

describe('A bug', () => {
  const jobs = '{ couponSeries(id: "1") { uploadJobs(kind: COUPON_BATCH) { totalCount } } }';

  test('is told by the request id alone, under which the log has it', async () => {
    await using started = await startBroken();
    const { id, body } = await post(started.url, jobs, { 'x-request-id': 'request-1' });
    expect(id).toBe('request-1');
    expect(body.errors).toMatchObject([
      { extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'request-1' } },
    ]);
    expect(JSON.stringify(body)).not.toContain('a bug of ours');
    expect(logged(started).filter(({ level }) => level === 50)).toMatchObject([
      {
        requestId: 'request-1',
        msg: 'unexpected error',
        path: ['couponSeries', 'uploadJobs'],
        err: {
          ...{ type: 'TypeError', message: 'a bug of ours', stack: expect.any(String), code: 'ERR_BUG' },
          cause: { type: 'Error', message: 'deeper' },
        },
      },
    ]);
    // What libraries hang onto their errors.
    for (const secret of [token, 'a-password']) expect(started.log.join('')).not.toContain(secret);
  });

  test('over WebSocket has the id of its connection parameters', async () => {
    await using started = await startBroken();
    const overWebSocket = transports.find(({ name }) => name === 'WebSocket');
    const params = { 'x-cap-api-oauth-token': token, 'X-Request-Id': 'socket-1' };
    const { errors } = await outcome(overWebSocket?.start(started.url, { query: jobs }, { params }) as never);
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'socket-1' } }]);
    expect(logged(started).filter(({ level }) => level === 50)).toMatchObject([
      { requestId: 'socket-1', err: { message: 'a bug of ours' } },
    ]);
  });
});

describe("An error of upstream's", () => {
  test('keeps the id that upstream gave its own request', async () => {
    await using started = await startGateway();
    started.sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'status', status: 500 } });
    const { id, body } = await post(
      started.url,
      '{ couponSeries(id: "1") { uploadJobs(kind: COUPON_BATCH) { totalCount } } }',
    );
    expect(body.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
    expect(body.errors[0].extensions.requestId).toEqual(expect.any(String));
    expect(body.errors[0].extensions.requestId).not.toBe(id);
  });
});

describe('The record of an operation', () => {
  test.each([
    { name: 'a query', type: 'query', gone: false, code: 'OK' },
    { name: 'a query nobody waited for', type: 'query', gone: true, code: 'CLIENT_GONE' },
    { name: 'a subscription that was left', type: 'subscription', gone: true, code: 'OK' },
  ] as const)('$name counts once, as $code', ({ type, gone, code }) => {
    const finished: FinishedOperation[] = [];
    const log = { debug() {}, error() {} };
    let nowMs = 0;
    const begin = createOperationRecords({
      log,
      onOperation: (one) => finished.push(one),
      now: () => nowMs,
    });
    const record = begin(() => undefined);
    record.is(type, undefined);
    nowMs = 1500;
    record.end(gone);
    record.end(!gone);
    expect(finished).toEqual([{ type, code, seconds: 1.5, isUploadRefused: false }]);
  });

  test('of a page is none', () => {
    const finished: FinishedOperation[] = [];
    const log = { debug() {}, error() {} };
    const begin = createOperationRecords({ log, onOperation: (one) => finished.push(one) });
    begin(() => undefined).end(false);
    expect(finished).toEqual([]);
  });

  test('is a line at debug, with the type, the name and the first code', async () => {
    await using started = await startGateway();
    await post(started.url, 'query Jobs { uploadJob(id: "x") { id } }', { 'x-request-id': 'line-0001' });
    await ask(started.url, '{ __typename }');
    await upload(started.url);
    for (const transport of transports) {
      await outcome(transport.start(started.url, { query: watchJobs, variables: { ids: ['x'] } }));
    }
    await eventually(() => {
      const lines = logged(started).filter(({ msg }) => msg === 'operation');
      expect(lines.map(({ type, code }) => `${type} ${code}`)).toEqual([
        'query BAD_USER_INPUT',
        'query OK',
        'mutation OK',
        ...transports.map(() => 'subscription BAD_USER_INPUT'),
      ]);
      expect(lines[0]).toMatchObject({ requestId: 'line-0001', operationName: 'Jobs' });
    });
  });
});
