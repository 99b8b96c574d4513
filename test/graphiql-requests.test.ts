import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type CurlOptions, curlCommand } from '../src/graphiql/request/curl-command.ts';
import { explainFault } from '../src/graphiql/request/explain-fault.ts';
import type { GraphQLResult } from '../src/graphiql/request/graphql-result.ts';
import { multipartParts } from '../src/graphiql/request/multipart-parts.ts';
import { createProgressMeter } from '../src/graphiql/request/progress-meter.ts';
import { readAnswer } from '../src/graphiql/request/read-answer.ts';
import { loadSettings } from '../src/graphiql/request/settings.ts';
import { type SubscribeOptions, subscribe } from '../src/graphiql/request/subscribe.ts';
import { subscriptionFailure } from '../src/graphiql/request/subscription-failure.ts';
import { uploadOutcomes } from '../src/graphiql/request/upload-outcome.ts';
import { createRepeatGuard } from '../src/graphiql/state/repeat-guard.ts';
import { startStubServer } from './support/stub-server.ts';

describe('A multipart request', () => {
  test('holds null where each file belongs, and maps each part to its place', () => {
    const variables = { input: { id: '1' }, files: [] };
    const placed = [
      { path: 'input.file', file: 'A' },
      { path: 'files.0', file: 'B' },
    ];
    const { operations, map, files } = multipartParts({ query: '{ ok }', variables }, placed);
    expect(JSON.parse(operations)).toEqual({
      query: '{ ok }',
      variables: { input: { id: '1', file: null }, files: [null] },
    });
    expect(JSON.parse(map)).toEqual({ 0: ['variables.input.file'], 1: ['variables.files.0'] });
    expect(files).toEqual([
      ['0', 'A'],
      ['1', 'B'],
    ]);
    expect(variables).toEqual({ input: { id: '1' }, files: [] });
  });
});

describe('Copy as curl', () => {
  const options: CurlOptions = {
    url: 'http://127.0.0.1:4000/graphql',
    query: '{ ok }',
    headers: {},
    hasToken: true,
    isSubscription: false,
    files: [],
  };
  /** The words that curl would get, out of a real shell. */
  const words = (command: string) =>
    execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${command}`], {
      encoding: 'utf8',
      env: { CAPILLARY_TOKEN: 'from the shell' },
    })
      .split('\0')
      .slice(0, -1);

  test('never holds a token, wherever the person wrote it', () => {
    const headers = {
      Authorization: 'Bearer secret-1',
      'X-Cap-Api-OAuth-Token': 'secret-2',
      'x-other': 'kept',
    };
    const command = curlCommand({ ...options, headers });
    expect(command).not.toMatch(/secret/);
    expect(words(command)).toContain('x-cap-api-oauth-token: from the shell');
    expect(words(command)).toContain('x-other: kept');
  });

  test('leaves the header out when there is no token', () => {
    expect(curlCommand({ ...options, hasToken: false })).not.toContain('TOKEN');
  });

  test.each([
    { name: 'quotes', text: `it's "so"` },
    { name: 'what a shell would run', text: '$(id) `id` $HOME \\ ! # ; | &' },
    { name: 'line ends and other scripts', text: 'a\nb äß 券' },
  ])('brings $name through a shell unharmed', ({ text }) => {
    const variables = { text };
    const json = words(curlCommand({ ...options, variables })).at(-1);
    expect(JSON.parse(json ?? '')).toEqual({ query: '{ ok }', variables });
    const form = words(curlCommand({ ...options, variables, files: [{ path: 'file', name: 'a.csv' }] }));
    const operations = form.find((word) => word.startsWith('operations='))?.slice('operations='.length);
    expect(JSON.parse(operations ?? '')).toEqual({ query: '{ ok }', variables: { text, file: null } });
  });

  test.each([
    ['coupons.csv', '0=@coupons.csv'],
    ['my coupons.csv', '0=@my coupons.csv'],
    ['a,b;c.csv', '0=@"a,b;c.csv"'],
    [`it's "x".csv`, '0=@"it\'s \\"x\\".csv"'],
  ])('names the file %s as curl reads it', (name, word) => {
    const sent = words(curlCommand({ ...options, files: [{ path: 'file', name }] }));
    expect(sent).toContain(word);
    expect(sent).toContain('map={"0":["variables.file"]}');
    expect(sent).toContain('graphql-require-preflight: 1');
  });

  test('asks for an event stream, unbuffered, for a subscription', () => {
    const sent = words(curlCommand({ ...options, isSubscription: true }));
    expect(sent).toContain('-N');
    expect(sent).toContain('accept: text/event-stream');
  });
});

describe('Progress', () => {
  test('has no speed before time has passed, and then that of the last three seconds', () => {
    let nowMs = 0;
    const meter = createProgressMeter(() => nowMs);
    expect(meter(10, 1000)).toEqual({
      sentBytes: 10,
      totalBytes: 1000,
      bytesPerSecond: 0,
      secondsLeft: undefined,
    });
    nowMs = 1000;
    expect(meter(100, 1000)).toMatchObject({ bytesPerSecond: 100, secondsLeft: 9 });
    // Ten seconds of standstill, then quick again: the standstill is forgotten.
    nowMs = 11_000;
    meter(100, 1000);
    nowMs = 13_000;
    meter(300, 1000);
    nowMs = 15_000;
    expect(meter(500, 1000).bytesPerSecond).toBe(100);
  });
});

describe('An answer', () => {
  test.each([
    { name: 'a page of a proxy', text: '<html>Bad gateway</html>' },
    { name: 'nothing', text: '' },
    { name: 'other JSON', text: '{"status":"down"}' },
    { name: 'JSON null', text: 'null' },
  ])('that is $name is told as none of the gateway', ({ text }) => {
    expect(readAnswer(502, text).errors).toMatchObject([
      { message: expect.stringContaining('HTTP 502'), extensions: { code: 'NOT_GRAPHQL' } },
    ]);
  });

  test('that is GraphQL is taken as it is, under any status', () => {
    expect(readAnswer(400, '{"errors":[{"message":"m"}]}')).toEqual({ errors: [{ message: 'm' }] });
  });
});

describe('The end of a subscription', () => {
  test.each([
    { name: 'GraphQL errors', error: [{ message: 'm' }], message: 'm' },
    {
      name: 'a close with its reason',
      error: { code: 4408, reason: 'Too slow' },
      message: 'Too slow (4408)',
    },
    { name: 'a lost connection', error: new Event('error'), message: 'cannot be reached' },
    { name: 'nothing at all', error: undefined, message: 'cannot be reached' },
    { name: 'a WebSocket that did not open', error: new Event('error'), message: 'watch over SSE instead' },
  ])('by $name is an error that a person can read', ({ error, message }) => {
    expect(subscriptionFailure(error, 'websocket').errors?.[0]?.message).toContain(message);
  });
});

describe('A subscription that hears nothing any more', () => {
  const ended = (options: Omit<SubscribeOptions, 'headers'>) =>
    new Promise<readonly GraphQLResult[]>((resolve) => {
      const results: GraphQLResult[] = [];
      const sink = {
        next: (result: GraphQLResult) => void results.push(result),
        end: () => resolve(results),
      };
      subscribe({ query: 'subscription { changes }' }, sink, { ...options, headers: {} });
    });
  const unreachable = [{ errors: [{ extensions: { code: 'UNREACHABLE' } }] }];

  test('over SSE ends like one that was cut', async () => {
    await using server = await startStubServer(() => undefined);
    const results = await ended({ url: server.url, transport: 'sse', maxSilenceMs: 20 });
    expect(results).toMatchObject(unreachable);
    expect(results[0]?.errors?.[0]?.message).not.toContain('WebSocket');
  });

  test('over WebSocket ends like one that was cut', async () => {
    vi.stubGlobal('WebSocket', WebSocket);
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await ended({ url, transport: 'websocket', maxSilenceMs: 20 })).toMatchObject(unreachable);
    for (const client of server.clients) client.terminate();
    server.close();
    vi.unstubAllGlobals();
  });

  test('lives on with each ping', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const pings = new TransformStream<Uint8Array, Uint8Array>();
    vi.stubGlobal('fetch', async () => new Response(pings.readable));
    const writer = pings.writable.getWriter();
    let results: readonly GraphQLResult[] | undefined;
    void ended({ url: 'http://127.0.0.1/', transport: 'sse', maxSilenceMs: 1_000 }).then((all) => {
      results = all;
    });
    for (let ping = 0; ping < 3; ping += 1) {
      vi.advanceTimersByTime(900);
      await writer.write(new TextEncoder().encode(':\n\n'));
      await setImmediate();
    }
    expect(results).toBeUndefined();
    vi.advanceTimersByTime(1_000);
    await setImmediate();
    expect(results).toMatchObject(unreachable);
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
});

describe('An error explained', () => {
  const explain = (code: string, hasToken = true, extensions = {}) =>
    explainFault({ message: 'as told', extensions: { code, ...extensions } }, hasToken);

  test('says what to do about a token that is missing, and about one that was refused', () => {
    expect(explain('UNAUTHENTICATED', false)).toMatchObject({
      title: 'An access token is needed.',
      place: 'token',
    });
    expect(explain('UNAUTHENTICATED', true)).toMatchObject({
      title: expect.stringContaining('refused'),
      place: 'token',
    });
  });

  test('names the wait that Capillary asked for', () => {
    expect(explain('RATE_LIMITED', true, { retryAfterSeconds: 7 })?.text).toContain('7 seconds');
    expect(explain('RATE_LIMITED')?.text).toContain('a minute');
  });

  test('leads to the files when one is missing', () => {
    expect(explain('FILE_MISSING')?.place).toBe('files');
  });

  test('leaves the gateway’s own words about a wrong query alone', () => {
    expect(explain('GRAPHQL_VALIDATION_FAILED')).toBeUndefined();
    expect(explainFault({ message: 'no code' }, true)).toBeUndefined();
  });
});

describe('What an upload came to', () => {
  const read = (value: unknown) => uploadOutcomes({ data: { upload: value as Record<string, unknown> } })[0];

  test.each([
    { name: 'nothing without data', data: null },
    { name: 'nothing for an operation that failed', data: { upload: null } },
  ])('is $name', ({ data }) => {
    expect(uploadOutcomes({ data })).toEqual([]);
  });

  test.each([
    { name: 'InvalidFileError', more: {}, tone: 'bad', title: 'The file is wrong. Nothing was uploaded.' },
    {
      name: 'InvalidFileError',
      more: { jobs: [{ id: 'COUPON_BATCH:1:2' }] },
      tone: 'bad',
      title: 'The file is wrong. The parts before the fault were uploaded.',
    },
    { name: 'InvalidInputError', more: { field: 'columns.billId' }, tone: 'bad', title: 'columns.billId' },
    { name: 'UpstreamRejectedError', more: {}, tone: 'bad', title: 'Capillary refused' },
    {
      name: 'UploadOutcomeUnknownError',
      more: {},
      tone: 'mixed',
      title: 'The result of the upload is not known yet. Repeat it with the same idempotency key.',
    },
    {
      name: 'UploadChecked',
      more: { file: { problemCount: 2 } },
      tone: 'mixed',
      title: 'would reject 2 rows',
    },
    { name: 'UploadChecked', more: {}, tone: 'good', title: 'not uploaded' },
    { name: 'UploadAccepted', more: { file: { problemCount: 1 } }, tone: 'mixed', title: 'reject one row' },
    { name: 'UploadAccepted', more: { replayed: true }, tone: 'good', title: 'Nothing was sent now' },
    { name: 'UploadAccepted', more: {}, tone: 'good', title: 'Uploaded.' },
    { name: 'SomethingNew', more: {}, tone: 'mixed', title: 'Answered' },
  ])('is told for $name: $title', ({ name, more, tone, title }) => {
    expect(read({ __typename: name, ...more })).toMatchObject({
      tone,
      title: expect.stringContaining(title),
    });
  });

  test.each([
    { name: 'UploadAccepted', mayHaveJobs: true },
    { name: 'UploadOutcomeUnknownError', mayHaveJobs: true },
    { name: undefined, mayHaveJobs: true },
    { name: 'UploadChecked', mayHaveJobs: false },
    { name: 'InvalidFileError', mayHaveJobs: false },
    { name: 'InvalidInputError', mayHaveJobs: false },
    { name: 'UpstreamRejectedError', mayHaveJobs: false },
  ])('may include a job for $name: $mayHaveJobs', ({ name, mayHaveJobs }) => {
    expect(read({ __typename: name })).toMatchObject({ mayHaveJobs });
    expect(read({ __typename: name, jobs: [{ id: 'COUPON_BATCH:1:2' }] })).toMatchObject({
      mayHaveJobs: true,
    });
  });

  test('names the jobs of a split file that an error ended, and the key to go on with', () => {
    const extensions = { jobs: ['COUPON_BATCH:1:2'], idempotencyKey: 'k-12345678' };
    expect(uploadOutcomes({ data: null, errors: [{ message: 'Too slow.', extensions }] })).toMatchObject([
      {
        tone: 'bad',
        title: 'The upload broke off after its first part.',
        message: 'Too slow. Repeat it with the idempotencyKey k-12345678: only the rest is sent.',
        jobIds: ['COUPON_BATCH:1:2'],
        mayHaveJobs: true,
      },
    ]);
    expect(uploadOutcomes({ data: null, errors: [{ message: 'Too slow.', extensions: {} }] })).toEqual([]);
  });

  test('holds the problems and the notes of the answer, and the ids of jobs wherever they stand', () => {
    const problems = [{ line: 2, message: 'm' }];
    const jobs = [{ id: 'COUPON_BATCH:1:2' }, { anyAlias: 'COUPON_BATCH:1:3' }, { id: 'no job' }];
    const notes = ['Only the first 50000 rows were searched.'];
    expect(read({ file: { problems, problemCount: 9, notes }, jobs })).toMatchObject({
      problems,
      problemCount: 9,
      notes,
      jobIds: ['COUPON_BATCH:1:2', 'COUPON_BATCH:1:3'],
    });
  });
});

describe('An upload after one that may have created a job', () => {
  const query = 'mutation { upload { ... on Unknown { idempotencyKey } } }';
  const variables = { input: { options: { maxRowsPerJob: 5 } } };
  const file = new File(['a,b'], 'a.csv', { lastModified: 1 });
  const placed = [{ id: '1', path: 'file', file }];
  const withKey = (idempotencyKey: string | null) => ({ input: { options: { idempotencyKey } } });

  test.each([
    { name: 'the very same', params: {}, files: placed, asks: true },
    { name: 'one of a document with other fields', params: { query: '{ more }' }, files: placed, asks: true },
    {
      name: 'the same file, chosen again',
      params: {},
      files: [{ id: '2', path: 'file', file: new File(['a,b'], 'a.csv', { lastModified: 1 }) }],
      asks: true,
    },
    {
      name: 'the file after it was edited',
      params: {},
      files: [{ id: '2', path: 'file', file: new File(['a,c'], 'a.csv', { lastModified: 2 }) }],
      asks: false,
    },
    { name: 'one with other variables', params: { variables: {} }, files: placed, asks: false },
    {
      name: 'one with a key in the document',
      params: { query: 'mutation { upload(options: { idempotencyKey: "spring-sale" }) }' },
      files: placed,
      asks: false,
    },
  ])('is asked about: $name, $asks', ({ params, files, asks }) => {
    const { remember, mustAsk } = createRepeatGuard();
    remember({ query, variables }, placed);
    expect(mustAsk({ query, variables, ...params }, files)).toBe(asks);
  });

  test.each([
    { key: 'spring-sale', asks: false },
    { key: null, asks: true },
  ])('is asked about with the key $key in its variables: $asks', ({ key, asks }) => {
    const { remember, mustAsk } = createRepeatGuard();
    remember({ query, variables: withKey(key) }, placed);
    expect(mustAsk({ query, variables: withKey(key) }, placed)).toBe(asks);
  });

  test('is asked about once for each time that it is sent', () => {
    const { remember, mustAsk } = createRepeatGuard();
    const ask = () => mustAsk({ query, variables }, placed);
    expect(ask()).toBe(false);
    remember({ query, variables }, placed);
    expect([ask(), ask(), ask(), ask()]).toEqual([true, false, true, false]);
  });
});

test.each([
  { name: 'an answer of its own', answer: { status: 503, body: { errors: [] } } },
  { name: 'no JSON', answer: { body: 'Bad gateway' } },
])('The page says so when it gets $name in place of its settings, and comes up', async ({ answer }) => {
  await using proxy = await startStubServer(() => answer);
  expect(await loadSettings(proxy.url)).toMatchObject({
    problem: { title: 'No connection.' },
  });
});
