import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request as startRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, token, upload } from './support/graphql-client.ts';
import { boundary, encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { type SeriesOwner, startSeriesOwner } from './support/series-owner.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import {
  grafbaseRunsHere,
  type Router,
  type StartRouter,
  scriptRouter,
  startGrafbase,
} from './support/start-router.ts';
import {
  addJob,
  nextJob,
  outcome,
  type Transport,
  transports,
  watchJobs,
} from './support/subscription-clients.ts';
import { uploadOverSocket } from './support/upload-over-socket.ts';

/** A router before both subgraphs, and all that stands behind it. */
interface Supergraph {
  readonly router: Router;
  readonly uploads: TestGateway;
}

type Check = (supergraph: Supergraph) => Promise<void>;

const sharedEntry = '{ couponSeries(id: "541854") { id name uploadJobs { totalCount } } }';
const callersToken = 'callers-own';

/** What is tried with each router: the columns of the table in docs/supergraph.md. */
const cells = {
  async query({ router, uploads }) {
    const { id } = await addJob(uploads.sandbox);
    const down = '{ allCouponSeries { nodes { id name uploadJobs(first: 1) { edges { node { id } } } } } }';
    const { data, errors } = await ask(router.url, down);
    expect(errors).toBeUndefined();
    const uploadJobs = { edges: [{ node: { id } }] };
    expect(data.allCouponSeries.nodes).toEqual([{ id: '541854', name: 'Spring', uploadJobs }]);
    const up = await ask(router.url, `{ uploadJob(id: "${id}") { id couponSeries { name } } }`);
    expect(up.data.uploadJob).toEqual({ id, couponSeries: { name: 'Spring' } });
    const { data: root } = await ask(router.url, sharedEntry);
    expect(root.couponSeries).toMatchObject({ id: '541854', name: 'Spring' });
  },

  async upload({ router, uploads }) {
    const { data, errors } = await upload(router.url, { fileName: 'Größe "M".csv' });
    expect(errors).toBeUndefined();
    expect(data.uploadCouponBatch).toMatchObject({
      jobs: [{ status: 'STARTED' }],
      file: { name: 'Größe "M".csv' },
    });
    expect(uploads.sandbox.requests.findLast(({ call }) => call === 'uploadFile')).toMatchObject({
      fileSha256: data.uploadCouponBatch.file.sha256,
      complete: true,
      status: 200,
    });
  },

  async 'upload above 25 MB'({ router }) {
    const { data, errors } = await uploadReading(router.url, megabytes(26));
    expect(errors).toBeUndefined();
    expect(data.uploadCouponBatch).toMatchObject({
      __typename: 'UploadAccepted',
      file: { bytes: 26_000_000 },
    });
  },

  async 'upload refused early'({ router }) {
    const input = { couponSeriesId: '541854', customerIdentifier: 'MOBILE' };
    const { answer } = uploadOverSocket(router.url, {
      file: megabytes(20),
      input,
      reads: 'only after sending',
    });
    const { data } = await answer;
    expect(data.uploadCouponBatch).toMatchObject({ __typename: 'InvalidInputError' });
  },

  async 'upload passed on as it comes in'({ router, uploads: { sandbox } }) {
    const passesOn = async () => {
      const begun = beginUpload(router.url);
      await sandbox.received(1, { match: 'uploadFile', signal: AbortSignal.timeout(10_000) });
      return begun;
    };
    const cut = await passesOn();
    const ended = sandbox.nextRequest('uploadFile');
    cut.destroy();
    // What breaks off before the router must not be taken for a whole file behind it.
    expect(await ended).toMatchObject({ complete: false, aborted: true });

    const whole = await passesOn();
    const answered = once(whole, 'response');
    whole.end(formEnd);
    const [response] = (await answered) as [IncomingMessage];
    const { data } = (await json(response)) as { data: unknown };
    expect(data).toMatchObject({ uploadCouponBatch: { __typename: 'UploadAccepted' } });
  },

  'subscription, SSE': (supergraph) => watch(supergraph, 'SSE', supergraph.router.url),
  'subscription, WebSocket': (supergraph) => watch(supergraph, 'WebSocket', supergraph.router.webSocketUrl),

  async token({ router, uploads }) {
    const from = uploads.sandbox.requests.length;
    const headers = { 'x-cap-api-oauth-token': callersToken };
    const { errors } = await ask(router.url, '{ couponSeries(id: "541854") { uploadJobs { totalCount } } }', {
      headers,
    });
    expect(errors).toBeUndefined();
    const tokens = uploads.sandbox.requests.slice(from).map(({ token }) => token);
    expect(new Set(tokens)).toEqual(new Set([callersToken]));
  },

  async 'error code'({ router }) {
    const headers = { 'x-cap-api-oauth-token': 'stale' };
    const nested = '{ allCouponSeries { nodes { name uploadJobs { totalCount } } } }';
    const refused = await ask(router.url, nested, { headers });
    expect(refused.errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED', requestId: expect.stringMatching(/^[\w-]{36}$/) } },
    ]);
    const malformed = await ask(router.url, '{ uploadJob(id: "x") { id } }');
    expect(malformed.errors).toMatchObject([{ path: ['uploadJob'], extensions: { code: 'BAD_USER_INPUT' } }]);
  },

  async 'error code under an entry that both have'({ router }) {
    const headers = { 'x-cap-api-oauth-token': 'stale' };
    const { errors } = await ask(router.url, sharedEntry, { headers });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  },

  async 'foreign form'({ router, uploads }) {
    const from = uploads.sandbox.requests.length;
    const { statusCode, body } = await request(router.url, {
      method: 'POST',
      headers: {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        origin: 'https://evil.example',
      },
      body: encodeForm([operationsPart(), mapPart(), filePart()]),
    });
    await body.dump();
    expect([400, 403, 415]).toContain(statusCode);
    expect(uploads.sandbox.requests.slice(from)).toEqual([]);
  },
} satisfies Record<string, Check>;

type Cell = keyof typeof cells;

interface RouterUnderTest {
  /** As in the table. */
  readonly name: string;
  readonly start: StartRouter;
  /** What it cannot do, each with the test that shows it: when it fails, the router has learnt it. */
  readonly cannot: Partial<Record<Cell, Check>>;
}

async function refusesSubscriptions({ router }: Supergraph) {
  const { errors } = await ask(
    router.url,
    'subscription { uploadJobUpdated(ids: "COUPON_BATCH:541854:1") { id } }',
  );
  expect(errors).toMatchObject([{ message: 'Execution of subscriptions not supported by gateway' }]);
}

async function refusesLargeBodies({ router }: Supergraph) {
  const { status, errors } = await uploadReading(router.url, megabytes(26));
  expect({ status, errors }).toMatchObject({ status: 413, errors: [{ message: 'Request body too large' }] });
}

async function holdsFilesBack({ router, uploads: { sandbox } }: Supergraph) {
  const begun = beginUpload(router.url);
  const seen = sandbox.requests.length;
  await new Promise((resolve) => begun.write('919999999999,CODE\n', resolve));
  await ask(router.url, '{ uploadJob(id: "COUPON_BATCH:541854:1") { id } }');
  const calls = sandbox.requests.slice(seen).map(({ call }) => call);
  expect(calls).toEqual(['getUploadStatus']);
  begun.destroy();
}

async function losesTheCode({ router }: Supergraph) {
  const { errors } = await ask(router.url, sharedEntry, { headers: { 'x-cap-api-oauth-token': 'stale' } });
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
}

async function refusesFiles({ router }: Supergraph) {
  const { status, errors } = await uploadReading(router.url, Buffer.from('mobile\n919999999999\n'));
  expect({ status, message: errors?.[0]?.message }).toEqual({
    status: 415,
    message: expect.stringMatching(/^Missing or invalid Content-Type header/),
  });
}

const routers: readonly RouterUnderTest[] = [
  {
    name: 'Apollo Gateway',
    start: scriptRouter('apollo-gateway.ts'),
    cannot: { 'subscription, SSE': refusesSubscriptions, 'subscription, WebSocket': refusesSubscriptions },
  },
  {
    name: 'Hive Gateway',
    start: scriptRouter('hive-gateway.ts'),
    cannot: {
      'upload passed on as it comes in': holdsFilesBack,
      'upload above 25 MB': refusesLargeBodies,
      'error code under an entry that both have': losesTheCode,
    },
  },
  {
    name: 'Hive Gateway, Rust planner',
    start: scriptRouter('hive-gateway.ts', 'rust', 'ws'),
    cannot: {
      'upload passed on as it comes in': holdsFilesBack,
      'upload above 25 MB': refusesLargeBodies,
    },
  },
  {
    name: 'Grafbase',
    start: startGrafbase,
    cannot: {
      upload: refusesFiles,
      'upload refused early': refusesFiles,
      'upload passed on as it comes in': refusesFiles,
      'upload above 25 MB': refusesFiles,
    },
  },
];

test('docs/supergraph.md has the same table, with a yes or a no for every router', () => {
  const docs = readFileSync(new URL('../docs/supergraph.md', import.meta.url), 'utf8');
  const table = docs.split('\n').flatMap((line) => {
    return line.startsWith('|') && !line.startsWith('|-')
      ? [
          line
            .split('|')
            .slice(1, -1)
            .map((text) => text.trim()),
        ]
      : [];
  });
  const told = table.map(([cell, ...answers]) => [
    cell,
    ...answers.map((text) => /^(yes|no)\b/.exec(text)?.[0] ?? text),
  ]);
  const tried = (Object.keys(cells) as Cell[]).map((cell) => [
    cell,
    ...routers.map(({ cannot }) => (cannot[cell] ? 'no' : 'yes')),
  ]);
  expect(told).toEqual([['', ...routers.map(({ name }) => name)], ...tried]);
});

describe.each(routers)('$name', ({ name, start, cannot }) => {
  describe.skipIf(name === 'Grafbase' && !grafbaseRunsHere)('with the committed supergraph', () => {
    let uploads: TestGateway;
    let series: SeriesOwner;
    let router: Router;

    beforeAll(async () => {
      uploads = await startGateway({
        env: { POLL_MIN_INTERVAL_MS: '10', POLL_MAX_INTERVAL_MS: '20', POLL_BUDGET_PER_MINUTE: '1000000' },
        sandbox: { tokens: { 'sandbox-token': { orgId: 100458 }, [callersToken]: { orgId: 100458 } } },
      });
      series = await startSeriesOwner();
      router = await start(uploads.url, series.url);
    });
    afterAll(async () => {
      await router?.[Symbol.asyncDispose]();
      await series?.[Symbol.asyncDispose]();
      await uploads?.[Symbol.asyncDispose]();
    });

    const names = Object.keys(cells) as Cell[];
    test.each(names.filter((cell) => !cannot[cell]))('%s', async (cell) => {
      await cells[cell]({ router, uploads });
    });
    test.each(Object.entries(cannot))('cannot: %s', async (_, shows) => {
      await shows({ router, uploads });
    });
  });
});

/** The states of a job to its end, and then what an unknown job comes to, with the caller's token all the way. */
async function watch({ uploads: { sandbox } }: Supergraph, name: Transport['name'], url: string) {
  const transport = transports.find((each) => each.name === name) as Transport;
  sandbox.jobs.hold();
  const { id, number } = await addJob(sandbox);
  const from = sandbox.requests.length;
  const query = watchJobs.replace('id status', 'id couponSeries { name } status');
  const start = (ids: string) => transport.start(url, { query, variables: { ids } }, { token: callersToken });
  await using watching = start(id);
  const couponSeries = { name: 'Spring' };
  expect(await nextJob(watching)).toMatchObject({ id, couponSeries, status: 'STARTED' });
  sandbox.jobs.finish(number);
  expect(await nextJob(watching)).toMatchObject({ id, couponSeries, status: 'FINISHED', isTerminal: true });
  expect(await outcome(watching)).toEqual({ data: [], errors: [] });
  await using lost = start('COUPON_BATCH:541854:1');
  expect(await outcome(lost)).toMatchObject({
    data: [],
    errors: [{ extensions: { code: 'JOB_NOT_FOUND' } }],
  });
  const tokens = sandbox.requests.slice(from).map(({ token }) => token);
  expect(new Set(tokens)).toEqual(new Set([callersToken]));
}

const formEnd = `\r\n--${boundary}--\r\n`;

/** An upload whose file is not at its end yet: 4 MB are written, and the request is left open. */
function beginUpload(url: string): ClientRequest {
  const headers = {
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'graphql-require-preflight': '1',
    'x-cap-api-oauth-token': token,
  };
  const upload = startRequest(url, { method: 'POST', headers });
  // What became of it is told by the response, or by upstream.
  upload.on('error', () => {});
  upload.write(encodeForm([operationsPart(), mapPart(), filePart('')], ''));
  upload.write(megabytes(4));
  return upload;
}

/** Rows of that many million bytes. */
function megabytes(count: number): Buffer {
  return Buffer.alloc(count * 1_000_000, '919999999999,CODE\n');
}

/** Over a socket that reads while it sends: a router may refuse a file before it has all of it. */
function uploadReading(url: string, file: Buffer) {
  return uploadOverSocket(url, { file, reads: 'while it sends' }).answer;
}
