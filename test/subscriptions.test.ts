import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import {
  addJob,
  type Caller,
  fast,
  type GraphQLRequest,
  nextJob,
  outcome,
  pollsOf,
  type Transport,
  transports,
  watchJobs,
} from './support/subscription-clients.ts';

let gateway: TestGateway;

beforeEach(async () => {
  gateway = await startGateway({
    ...fast,
    sandbox: {
      tokens: {
        'sandbox-token': { orgId: 100458 },
        'other-org': { orgId: 9 },
        'same-org': { orgId: 100458 },
      },
    },
  });
  gateway.sandbox.jobs.hold();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const watch = (...ids: string[]): GraphQLRequest => ({ query: watchJobs, variables: { ids } });

describe.each(transports)('watching over $name', (transport) => {
  const start = (request: GraphQLRequest, caller?: Caller) => transport.start(gateway.url, request, caller);

  const refusals: Record<
    string,
    { request: GraphQLRequest; caller?: Caller; code: string; message: RegExp }
  > = {
    'a malformed id': {
      request: watch('222696'),
      code: 'BAD_USER_INPUT',
      message: /^"222696" is not the id of an upload job\. An id looks like COUPON_BATCH:541854:222696\.$/,
    },
    'an id among others that upstream has no room for': {
      request: watch('COUPON_BATCH:541854:1', 'COUPON_BATCH:9223372036854775808:1'),
      code: 'BAD_USER_INPUT',
      message: /^"COUPON_BATCH:9223372036854775808:1" is not the id/,
    },
    'no ids': { request: watch(), code: 'BAD_USER_INPUT', message: /^Watch 1 to 500 upload jobs/ },
    'too many ids': {
      request: watch(...Array.from({ length: 501 }, (_, i) => `COUPON_BATCH:1:${i + 1}`)),
      code: 'BAD_USER_INPUT',
      message: /^Watch 1 to 500 upload jobs at once, not 501\.$/,
    },
    'a job that the series does not have': {
      request: watch('COUPON_BATCH:541854:1'),
      code: 'JOB_NOT_FOUND',
      message: /^The coupon series has no upload job 1\.$/,
    },
    'no token': {
      request: watch('COUPON_BATCH:541854:1'),
      caller: { token: null },
      code: 'UNAUTHENTICATED',
      message: /^Send an access token in the header x-cap-api-oauth-token/,
    },
    'a token that upstream refuses': {
      request: watch('COUPON_BATCH:541854:1'),
      caller: { token: 'wrong' },
      code: 'UNAUTHENTICATED',
      message: /refused/,
    },
    'a token that is none': {
      request: watch('COUPON_BATCH:541854:1'),
      caller: { token: 'two words' },
      code: 'UNAUTHENTICATED',
      message: /^The access token is empty or contains spaces or other characters that no token has\. .+\.$/,
    },
    'a document that does not parse': {
      request: { query: 'subscription {' },
      code: 'GRAPHQL_PARSE_FAILED',
      message: /^Syntax Error: /,
    },
    'an empty document': { request: { query: '' }, code: 'GRAPHQL_PARSE_FAILED', message: /./ },
    'a field that does not exist': {
      request: { query: 'subscription { uploadJobUpdate(ids: "x") { id } }' },
      code: 'GRAPHQL_VALIDATION_FAILED',
      message: /^Cannot query field "uploadJobUpdate" on type "Subscription"\.$/,
    },
    'two fields at once': {
      request: {
        query: 'subscription { a: uploadJobUpdated(ids: "x") { id } b: uploadJobUpdated(ids: "x") { id } }',
      },
      code: 'GRAPHQL_VALIDATION_FAILED',
      message: /must select only one top level field/,
    },
    'a document that is too deep': {
      request: {
        query: `subscription { uploadJobUpdated(ids: "x") { ${'couponSeries { uploadJobs { edges { node { '.repeat(4)} id ${'} } } } '.repeat(4)} } }`,
      },
      code: 'GRAPHQL_VALIDATION_FAILED',
      message: /^The document is nested more than 10 deep\.$/,
    },
    'a variable of another type': {
      request: { query: watchJobs, variables: { ids: { a: 1 } } },
      code: 'BAD_USER_INPUT',
      message: /^Variable "\$ids" got an invalid value; ID cannot represent value/,
    },
    'a variable that is missing': {
      request: { query: watchJobs },
      code: 'BAD_USER_INPUT',
      message: /^Variable "\$ids" of required type/,
    },
    'an operation name that does not occur': {
      request: { ...watch('COUPON_BATCH:541854:1'), operationName: 'Nobody' },
      code: 'BAD_USER_INPUT',
      message: /operation/i,
    },
  };

  test.each(Object.entries(refusals))('%s is refused, and that is the end', async (_, refusal) => {
    const { data, errors } = await outcome(start(refusal.request, refusal.caller));
    expect(errors).toEqual([
      expect.objectContaining({ message: expect.stringMatching(refusal.message) as string }),
    ]);
    expect(errors[0]?.extensions?.['code']).toBe(refusal.code);
    expect(data.filter((one) => one !== null)).toEqual([]);
    expect(JSON.stringify(errors)).not.toMatch(/did you mean|node_modules|stack|originalError|"http"/i);
  });

  test('a refused token is told after the states that were seen, with the id of the request', async () => {
    const { sandbox } = gateway;
    const { id } = await addJob(sandbox);
    const operation = start(watch(id));
    expect(await nextJob(operation)).toMatchObject({ id, status: 'STARTED' });
    sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'status', status: 401 } });
    const { data, errors } = await outcome(operation);
    expect(data.filter((one) => one !== null)).toEqual([]);
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['uploadJobUpdated'],
        extensions: expect.objectContaining({
          code: 'UNAUTHENTICATED',
          upstreamStatus: 401,
          requestId: expect.stringMatching(/^[\w-]{36}$/) as string,
        }) as object,
      }),
    ]);
  });

  test('tells the state now, then each change, and ends when the job is over', async () => {
    const { sandbox } = gateway;
    const { id, number } = await addJob(sandbox);
    const operation = start(watch(id));
    const seen = [await nextJob(operation)];
    for (let step = 0; step < 3; step += 1) {
      sandbox.jobs.advance(number);
      seen.push(await nextJob(operation));
    }
    expect(seen.map(({ status, isTerminal }) => [status, isTerminal])).toEqual([
      ['STARTED', false],
      ['VALIDATED', false],
      ['COMMITTED', false],
      ['FINISHED', true],
    ]);
    expect(await operation.next()).toEqual({ done: true, value: undefined });
  });

  test('a job that is over already: its state, and the end', async () => {
    const { id, number } = await addJob(gateway.sandbox);
    gateway.sandbox.jobs.finish(number);
    expect(await outcome(start(watch(id)))).toEqual({
      data: [{ uploadJobUpdated: expect.objectContaining({ id, status: 'FINISHED', isTerminal: true }) }],
      errors: [],
    });
  });

  test('several jobs of both kinds and of several series, until the last is over', async () => {
    const { sandbox } = gateway;
    const jobs = [
      await addJob(sandbox),
      await addJob(sandbox),
      await addJob(sandbox, { kind: 'REDEEMED_COUPONS' }),
      await addJob(sandbox, { series: '7' }),
    ];
    const operation = start(watch(...jobs.map(({ id }) => id)));
    const first = [await nextJob(operation), await nextJob(operation), await nextJob(operation)];
    first.push(await nextJob(operation));
    expect(first.map(({ id }) => id).toSorted()).toEqual(jobs.map(({ id }) => id).toSorted());
    for (const { id, number } of jobs) {
      sandbox.jobs.finish(number);
      expect(await nextJob(operation)).toMatchObject({ id, status: 'FINISHED' });
    }
    expect(await operation.next()).toEqual({ done: true, value: undefined });
    expect(new Set(pollsOf(sandbox).map(({ path }) => path)).size).toBe(3);
  });

  test('one id in place of a list is taken for a list of one', async () => {
    const { id, number } = await addJob(gateway.sandbox);
    gateway.sandbox.jobs.finish(number);
    const asVariable = start({ query: watchJobs, variables: { ids: id } });
    expect((await outcome(asVariable)).data).toHaveLength(1);
    const asLiteral = start({ query: `subscription { uploadJobUpdated(ids: "${id}") { id } }` });
    expect((await outcome(asLiteral)).data).toEqual([{ uploadJobUpdated: { id } }]);
  });

  test('what is read beside a change is as new as the change', async () => {
    const { sandbox } = gateway;
    const { id, number } = await addJob(sandbox);
    const query = `subscription { uploadJobUpdated(ids: "${id}") {
      status couponSeries { uploadJobs { totalCount edges { node { status } } } }
    } }`;
    const operation = start({ query });
    expect((await nextJob(operation)).couponSeries.uploadJobs).toEqual({
      totalCount: 1,
      edges: [{ node: { status: 'STARTED' } }],
    });
    sandbox.jobs.advance(number);
    expect((await nextJob(operation)).couponSeries.uploadJobs).toEqual({
      totalCount: 1,
      edges: [{ node: { status: 'VALIDATED' } }],
    });
    await operation.return();
  });

  test('queries are answered, too: one result, and the end', async () => {
    const { id } = await addJob(gateway.sandbox);
    const query = `{ uploadJob(id: "${id}") { id status } }`;
    expect(await outcome(start({ query }))).toEqual({
      data: [{ uploadJob: { id, status: 'STARTED' } }],
      errors: [],
    });
  });

  test('a second caller gets nothing of the first one, who watches the same job', async () => {
    const { sandbox } = gateway;
    const { id, number } = await addJob(sandbox);
    const first = start(watch(id));
    expect(await nextJob(first)).toMatchObject({ id, status: 'STARTED' });
    const others = {
      wrong: 'UNAUTHENTICATED',
      'sandbox-toke': 'UNAUTHENTICATED',
      'other-org': 'JOB_NOT_FOUND',
    };
    for (const [token, code] of Object.entries(others)) {
      const { data, errors } = await outcome(start(watch(id), { token }));
      expect({ data: data.filter((one) => one !== null), codes: errors.map(codeOf) }).toEqual({
        data: [],
        codes: [code],
      });
    }
    // The first one lost nothing by it.
    sandbox.jobs.finish(number);
    expect(await nextJob(first)).toMatchObject({ status: 'FINISHED' });
    expect(new Set(pollsOf(sandbox).map((poll) => poll.token))).toEqual(
      new Set(['sandbox-token', ...Object.keys(others)]),
    );
  });

  test('two tokens of one organisation are two callers: each is polled for with its own', async () => {
    const { sandbox } = gateway;
    const { id, number } = await addJob(sandbox);
    const first = start(watch(id));
    await nextJob(first);
    const second = start(watch(id), { token: 'same-org' });
    expect(await nextJob(second)).toMatchObject({ status: 'STARTED' });
    expect(pollsOf(sandbox).some((poll) => poll.token === 'same-org')).toBe(true);
    sandbox.jobs.finish(number);
    expect((await outcome(first)).data).toHaveLength(1);
    expect((await outcome(second)).data).toHaveLength(1);
  });

  test('watchers of one job share its polls', async () => {
    const { sandbox } = gateway;
    const { id, number } = await addJob(sandbox);
    const operations = Array.from({ length: 20 }, () => start(watch(id)));
    for (const operation of operations) expect(await nextJob(operation)).toMatchObject({ status: 'STARTED' });
    const before = pollsOf(sandbox).length;
    sandbox.jobs.finish(number);
    await Promise.all(operations.map(outcome));
    expect(pollsOf(sandbox).length - before).toBeLessThanOrEqual(3);
  });

  test('a gateway that goes away completes what is watched, and takes nothing new', async () => {
    const { id } = await addJob(gateway.sandbox);
    const operations = [start(watch(id)), start(watch(id))];
    for (const operation of operations) await nextJob(operation);
    const startedAt = performance.now();
    const closed = gateway.gateway.close();
    const ends = await Promise.all(operations.map(outcome));
    expect(ends).toEqual([
      { data: [], errors: [] },
      { data: [], errors: [] },
    ]);
    await Promise.all(operations.map((operation) => operation.return()));
    await closed;
    // Not at the end of a drain.
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    const refused = { message: expect.stringMatching(/fetch failed|ECONNREFUSED/) };
    await expect(outcome(start(watch(id)))).rejects.toMatchObject(refused);
  });
});

describe('the token of a caller comes over', () => {
  const bearer = { authorization: 'Bearer sandbox-token' };
  const ways: Record<string, { transport: Transport['name']; caller: Caller }> = {
    'a header, SSE': { transport: 'SSE', caller: { token: 'sandbox-token' } },
    'Authorization: Bearer, SSE': { transport: 'SSE', caller: { token: null, headers: bearer } },
    'a header of the upgrade': {
      transport: 'WebSocket',
      caller: { token: null, headers: { 'X-Cap-Api-Oauth-Token': 'sandbox-token' } },
    },
    'Authorization of the upgrade': { transport: 'WebSocket', caller: { token: null, headers: bearer } },
    'a connection parameter': {
      transport: 'WebSocket',
      caller: { params: { 'x-cap-api-oauth-token': 'sandbox-token' } },
    },
    'a connection parameter in another case': {
      transport: 'WebSocket',
      caller: { params: { 'X-CAP-API-OAuth-Token': 'sandbox-token' } },
    },
    'Bearer in a connection parameter': {
      transport: 'WebSocket',
      caller: { params: { Authorization: 'bearer sandbox-token' } },
    },
    'a connection parameter, before a header of the upgrade': {
      transport: 'WebSocket',
      caller: { params: bearer, headers: { 'x-cap-api-oauth-token': 'wrong' } },
    },
  };

  test.each(Object.entries(ways))('%s', async (_, { transport, caller }) => {
    const { id, number } = await addJob(gateway.sandbox);
    gateway.sandbox.jobs.finish(number);
    expect((await outcome(over(transport).start(gateway.url, watch(id), caller))).errors).toEqual([]);
    expect(pollsOf(gateway.sandbox).map((poll) => poll.token)).toEqual(['sandbox-token']);
  });

  test('a connection parameter that is no text counts as none', async () => {
    const params = { 'x-cap-api-oauth-token': { a: 1 }, authorization: 7 };
    const operation = over('WebSocket').start(gateway.url, watch('COUPON_BATCH:541854:1'), { params });
    expect((await outcome(operation)).errors.map(codeOf)).toEqual(['UNAUTHENTICATED']);
  });
});

function over(name: Transport['name']): Transport {
  const found = transports.find((transport) => transport.name === name);
  if (!found) throw new Error(`There is no transport ${name}.`);
  return found;
}

function codeOf({ extensions }: { extensions?: { readonly [name: string]: unknown } }): unknown {
  return extensions?.['code'];
}
