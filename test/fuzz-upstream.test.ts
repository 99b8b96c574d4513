import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { couponStatus, couponUpload, redeemedStatus } from './support/documented-answers.ts';
import { check, expectNoFault, fragment, isFuzzing, mutated, within } from './support/fuzz.ts';
import { mobileInput } from './support/graphql-client.ts';
import { filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { postForm, postJson } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

interface Behaviour {
  /** As it goes over the wire, head and all. */
  readonly answer: Buffer;
  /** At once, or when the request has ended; or in two pieces. */
  readonly when: 'early' | 'whole';
  readonly cutAt: number | null;
  readonly end: 'close' | 'reset' | 'stay';
}

/** Answers each series with what was put down for it, byte for byte. */
const behaviours = new Map<string, Behaviour>();
const sockets = new Set<Socket>();
let tokenCalls = 0;
const upstream = createServer((socket) => {
  sockets.add(socket);
  let received = '';
  let answered = false;
  socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    const [, series = ''] = /^[A-Z]+ \S*\/(\w+) /.exec(received) ?? [];
    const behaviour = behaviours.get(series);
    const headEnds = received.indexOf('\r\n\r\n');
    if (answered || headEnds < 0 || !behaviour) return;
    const { answer, when, cutAt, end } = behaviour;
    const hasBody = /^(transfer-encoding|content-length):/im.test(received.slice(0, headEnds));
    const isWhole = !hasBody || /\r\n0\r\n\r\n$/.test(received) || received.endsWith('}');
    if (when === 'whole' && !isWhole) return;
    answered = true;
    if (series === 'generate') tokenCalls += 1;
    socket.write(cutAt === null ? answer : answer.subarray(0, cutAt), () => {
      if (end === 'close') socket.end();
      if (end === 'reset') socket.resetAndDestroy();
      if (end === 'stay') received = '';
      answered = end !== 'stay';
    });
  });
});

let gateway: TestGateway;
let ownTokens: TestGateway;
beforeAll(async () => {
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const COUPON_API_URL = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const env = { COUPON_API_URL, UPSTREAM_TIMEOUT_MS: '300', UPLOAD_IDLE_TIMEOUT_MS: '300' };
  gateway = await startGateway({ env });
  ownTokens = await startGateway({
    env: { ...env, CAPILLARY_CLIENT_KEY: 'key', CAPILLARY_CLIENT_SECRET: 'secret' },
  });
});
afterAll(async () => {
  for (const started of [gateway, ownTokens]) {
    expect((await postJson(started.url, '{ __typename }')).status).toBe(200);
    expect(started.log.filter((line) => line.includes('"level":50')).slice(0, 3)).toEqual([]);
    await started[Symbol.asyncDispose]();
  }
  for (const socket of sockets) socket.destroy();
  upstream.close();
});

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    null,
    '',
    'FINISHED',
    -1,
    0,
    1e308,
    2 ** 53,
    '99999999999999999999',
    '1717651325445',
    true,
    [],
    {},
  ),
);

/** A documented answer in which some values are others. */
function altered(documented: unknown): fc.Arbitrary<string> {
  const paths: string[][] = [];
  const walk = (value: unknown, path: string[]) => {
    paths.push(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) walk(child, [...path, key]);
  };
  walk(documented, []);
  return fc.array(fc.tuple(fc.constantFrom(...paths), anything), { maxLength: 4 }).map((changes) => {
    const root = { value: structuredClone(documented) } as Record<string, unknown>;
    for (const [path, value] of changes) {
      let holder = root;
      for (const key of ['value', ...path].slice(0, -1)) {
        const next = holder[key];
        if (typeof next !== 'object' || next === null) break;
        holder = next as Record<string, unknown>;
      }
      // A copy: one value may come into another, or into itself.
      holder[path.at(-1) ?? 'value'] = structuredClone(value);
    }
    return JSON.stringify(root['value'] ?? null);
  });
}

const token = { data: { accessToken: 'a-token', ttlSeconds: 300 }, errors: null };
const refusal = { success: false, status: 400, message: 'no' };
const errors = { data: null, errors: [{ code: 320001, message: 'Invalid client key and secret' }] };

const body = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.oneof(...[couponStatus, redeemedStatus, couponUpload, refusal, errors, token].map(altered)),
  },
  fc.json(),
  fc.constantFrom('', '<html>502</html>', '{}', 'null', '[]', '"', '{"success":true'),
  fragment.map((bytes) => bytes.toString('latin1')),
  mutated(Buffer.from(JSON.stringify(couponStatus))).map((bytes) => bytes.toString('latin1')),
);
const status = fc.oneof(
  { weight: 3, arbitrary: fc.constant(200) },
  fc.constantFrom(
    100,
    101,
    103,
    199,
    201,
    204,
    206,
    300,
    302,
    304,
    307,
    400,
    401,
    403,
    404,
    405,
    413,
    415,
    418,
    429,
    498,
    499,
    500,
    501,
    502,
    503,
    504,
    599,
    600,
    999,
  ),
);
const header = fc.constantFrom(
  '',
  'content-type: text/html\r\n',
  'retry-after: 0\r\n',
  'retry-after: -5\r\n',
  'retry-after: tomorrow\r\n',
  'retry-after: 99999999999\r\n',
  'x-cap-requestid: \u00e9"<>\r\n',
  'content-encoding: gzip\r\n',
  'connection: close\r\n',
  'set-cookie: a=b\r\n',
  'location: http://127.0.0.1:1/\r\n',
  'x-\0: a\r\n',
  `x-long: ${'x'.repeat(20_000)}\r\n`,
);
const framing = fc.constantFrom('right', 'short', 'long', 'negative', 'chunked', 'broken chunks', 'none');

const answer = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ status, body, headers: fc.array(header, { maxLength: 3 }), framing }).map(wire),
  },
  fragment,
);

interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: readonly string[];
  readonly framing: 'right' | 'short' | 'long' | 'negative' | 'chunked' | 'broken chunks' | 'none';
}

function wire({ status, body, headers, framing }: HttpAnswer): Buffer {
  const bytes = Buffer.from(body);
  const lengths: Record<string, string> = {
    right: `${bytes.length}`,
    short: `${Math.max(0, bytes.length - 3)}`,
    long: `${bytes.length + 7}`,
    negative: '-1',
  };
  const length = framing in lengths ? `content-length: ${lengths[framing]}\r\n` : '';
  const chunked = framing.includes('chunk') ? 'transfer-encoding: chunked\r\n' : '';
  const head = `HTTP/1.1 ${status} Some Reason\r\n${length}${chunked}${headers.join('')}\r\n`;
  const size = framing === 'broken chunks' ? 'zz' : bytes.length.toString(16);
  const content = chunked
    ? Buffer.concat([Buffer.from(`${size}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')])
    : bytes;
  return Buffer.concat([Buffer.from(head, 'latin1'), content]);
}

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  answer,
  when: fc.constantFrom('early' as const, 'whole' as const),
  cutAt: fc.option(fc.nat(300), { freq: 4 }),
  end: fc.constantFrom('close' as const, 'reset' as const, 'stay' as const),
});

let latest = 0;
function seriesWith(what: Behaviour): string {
  latest += 1;
  behaviours.set(String(latest), what);
  return String(latest);
}

const fields =
  'id kind jobId orgId status upstreamStatus outcome isTerminal createdAt updatedAt uploadedFileName uploadedFileUrl errorFileUrl successFileUrl totalUploadedCount actualRowCount errorCount acceptedCount uploadTableName audienceGroupId audienceGroupVersionId';

/** Several at a time: most of them wait for a timeout, or for another try. */
const atOnce = { minLength: 1, maxLength: isFuzzing ? 80 : 12, size: 'max' } as const;
const many = fc.array(behaviour, atOnce);

describe('Whatever Capillary answers is never told as a fault of ours, and never waited for without end', () => {
  test('as a list', async () => {
    const ask = async (what: Behaviour) => {
      const query = `{ couponSeries(id: "${seriesWith(what)}") { uploadJobs(first: 500) { totalCount edges { node { ${fields} } } } } }`;
      expectNoFault(await within(30_000, postJson(gateway.url, query)));
    };
    await check(
      fc.asyncProperty(many, async (behaviours) => void (await Promise.all(behaviours.map(ask)))),
      4,
      60_000,
    );
  });

  test('to an upload', async () => {
    // With a key the list is asked first, and each row becomes a job of its own.
    const keyed = { idempotencyKey: 'of-the-fuzz', maxRowsPerJob: 1 };
    const ask = async ([what, hasKey]: readonly [Behaviour, boolean]) => {
      const input = { ...mobileInput, couponSeriesId: seriesWith(what), options: hasKey ? keyed : {} };
      const variables = { file: null, input };
      expectNoFault(
        await within(30_000, postForm(gateway.url, [operationsPart(variables), mapPart(), filePart()])),
      );
    };
    const uploads = fc.array(fc.tuple(behaviour, fc.boolean()), atOnce);
    await check(
      fc.asyncProperty(uploads, async (asked) => void (await Promise.all(asked.map(ask)))),
      2,
      60_000,
    );
  });

  test('to a call for a token', async () => {
    // A list that takes no token has a new one fetched each time.
    const refused = { status: 401, body: '{"status":{"code":401,"success":false}}', headers: [] };
    const ask = async (what: Behaviour) => {
      behaviours.set('generate', what);
      const answer = wire({ ...refused, framing: 'right' });
      const series = seriesWith({ answer, when: 'whole', cutAt: null, end: 'close' });
      const callsBefore = tokenCalls;
      const query = `{ couponSeries(id: "${series}") { uploadJobs(kind: COUPON_BATCH) { totalCount } } }`;
      expectNoFault(await within(30_000, postJson(ownTokens.url, query)));
      expect(tokenCalls).toBeGreaterThan(callsBefore);
    };
    await check(fc.asyncProperty(behaviour, ask), 5);
  });
});
