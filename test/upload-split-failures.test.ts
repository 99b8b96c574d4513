import { describe, expect, test } from 'vitest';
import { fileKey } from '../src/jobs/keyed-file-name.ts';
import { createSandbox, type Sandbox } from '../src/sandbox/create-sandbox.ts';
import type { Fault } from '../src/sandbox/faults/fault.ts';
import { couponFile } from './support/coupon-file.ts';
import { eventually } from './support/eventually.ts';
import { startProcess } from './support/gateway-process.ts';
import type { GraphQLAnswer } from './support/graphql-client.ts';
import { sha256Of } from './support/sha256-of.ts';
import { five, namedJobs, send, slices, uploads } from './support/split-file.ts';
import { startGateway } from './support/start-gateway.ts';

const large = largePieces();

/** Two parts, each larger than all socket buffers on the way together. */
function largePieces() {
  const file = couponFile(64 * 1024 * 1024);
  const [header = '', ...rows] = file.toString('latin1').split(/(?<=\n)/);
  return { file, parts: slices({ header, rows }, 32 * 1024) };
}

/** How part 3 of 5 fails, and what its person is told beside the first two jobs and the key. */
const partFaults: readonly { name: string; fault: Fault; told: (known: object) => object }[] = [
  {
    name: 'a 400 that comes early',
    fault: { kind: 'status', status: 400, when: 'early' },
    told: (known) => result('UpstreamRejectedError', { httpStatus: 400, ...known }),
  },
  {
    name: 'a 400 that comes late',
    fault: { kind: 'status', status: 400 },
    told: (known) => result('UpstreamRejectedError', { httpStatus: 400, ...known }),
  },
  {
    name: 'a 413 with a reset',
    fault: { kind: 'status', status: 413, when: 'early-reset' },
    told: (known) => result('UpstreamRejectedError', { httpStatus: 413, ...known }),
  },
  { name: 'a 401', fault: { kind: 'status', status: 401 }, told: failed('UNAUTHENTICATED') },
  { name: 'an expired token', fault: { kind: 'status', status: 498 }, told: failed('UNAUTHENTICATED') },
  { name: 'a 403', fault: { kind: 'status', status: 403 }, told: failed('FORBIDDEN') },
  {
    name: 'a 429',
    fault: { kind: 'status', status: 429, retryAfter: 7 },
    told: failed('RATE_LIMITED', { retryAfterSeconds: 7 }),
  },
  { name: 'a 500', fault: { kind: 'status', status: 500 }, told: failed('UPSTREAM_UNAVAILABLE') },
  {
    name: 'a reset before it, when so small a part is out already',
    fault: { kind: 'reset', at: 'before' },
    told: (known) => result('UploadOutcomeUnknownError', known),
  },
  {
    name: 'a reset after it, without a job',
    fault: { kind: 'reset', at: 'after' },
    told: (known) => result('UploadOutcomeUnknownError', known),
  },
  {
    name: 'a 502 page',
    fault: { kind: 'status', status: 502 },
    told: (known) => result('UploadOutcomeUnknownError', known),
  },
  {
    name: 'no answer at all',
    fault: { kind: 'hang', at: 'after' },
    told: (known) => result('UploadOutcomeUnknownError', known),
  },
  {
    name: 'half a JSON',
    fault: { kind: 'malformed' },
    told: (known) => result('UploadOutcomeUnknownError', known),
  },
];

function result(__typename: string, told: object) {
  return { data: { result: { __typename, ...told } } };
}

function failed(code: string, details: object = {}) {
  return ({ idempotencyKey, jobs }: { idempotencyKey?: unknown; jobs?: { id: string }[] }) => ({
    data: null,
    errors: [{ extensions: { code, idempotencyKey, jobs: jobs?.map(({ id }) => id), ...details } }],
  });
}

/** What never comes is waited for; a busy machine may take its time for what does. */
const startFor = ({ kind }: Fault) =>
  startGateway({ env: kind === 'hang' ? { UPSTREAM_TIMEOUT_MS: '1000' } : {} });

/** Sets the fault for the upload after part `part`, whose answer takes a little. */
async function failAfterPart({ sandbox }: { readonly sandbox: Sandbox }, part: number, fault: Fault) {
  sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 100 } });
  await sandbox.started(() => uploads(sandbox).length === part);
  sandbox.faults.set({ call: 'uploadFile', fault, times: 1 });
}

/** Upstream has each part of the five rows in one job, so no row twice and none missing. */
function expectEachPartOnce({ sandbox }: { readonly sandbox: Sandbox }, key: string, maxRows = 1) {
  const expected = slices(five, maxRows);
  const jobs = sandbox.jobs.list();
  expect(jobs.map(({ originalName }) => originalName).sort()).toEqual(
    expected.map((_, index) => `coupons.k${fileKey(key)}r${maxRows}.p000${index + 1}.csv`),
  );
  expect(jobs.map(({ rows }) => rows).reduce((sum, rows) => sum + rows)).toBe(five.rows.length);
  // Codes are unique in the org: a row that came twice would be an error of one job.
  expect(jobs.map(({ errors }) => errors)).toEqual(jobs.map(() => 0));
  for (const [index, part] of expected.entries()) {
    const sent = uploads(sandbox).filter(
      ({ fileName, complete }) => complete && fileName === jobs[index]?.originalName,
    );
    expect(sent.at(-1)?.fileSha256).toBe(sha256Of(part));
  }
}

const keyOf = ({ data, errors }: GraphQLAnswer): string =>
  data?.result.idempotencyKey ?? errors?.[0]?.extensions['idempotencyKey'];

describe.concurrent('When part 3 of 5 fails', () => {
  test.each(partFaults)(
    'by $name, the jobs so far and the key are told, and a repeat goes on at part 3',
    async ({ fault, told }) => {
      await using started = await startFor(fault);
      const { sandbox, url } = started;
      const idempotencyKey = 'five-parts-1';
      const options = { idempotencyKey, maxRowsPerJob: 1 };
      const first = send(url, options);
      await failAfterPart(started, 2, fault);
      const answer = await first;
      expect(answer).toMatchObject(told({ idempotencyKey, jobs: namedJobs(sandbox) }));
      expect(sandbox.jobs.list()).toHaveLength(2);
      const sent = uploads(sandbox).length;
      expect(sent).toBe(3);
      // A reset that comes after its answer would else hit the repeat on the same connection.
      await Promise.all(uploads(sandbox).map(({ done }) => done));

      const repeat = await send(url, options);
      expect(repeat.data.result).toMatchObject({
        __typename: 'UploadAccepted',
        replayed: false,
        jobs: namedJobs(sandbox),
        file: { rows: 5, sha256: sha256Of(five.file) },
      });
      expectEachPartOnce(started, idempotencyKey);
      expect(uploads(sandbox)).toHaveLength(sent + 3);

      const again = await send(url, options);
      expect(again.data.result).toMatchObject({ replayed: true, jobs: namedJobs(sandbox) });
      expect(uploads(sandbox)).toHaveLength(sent + 3);
    },
  );

  test.each(partFaults)('by $name, the key that was made for it works as well', async ({ fault, told }) => {
    await using started = await startFor(fault);
    const first = send(started.url, { maxRowsPerJob: 1 });
    await failAfterPart(started, 2, fault);
    const answer = await first;
    const idempotencyKey = keyOf(answer);
    expect(idempotencyKey).toMatch(/^[\w-]{8,64}$/);
    expect(answer).toMatchObject(told({ idempotencyKey, jobs: namedJobs(started.sandbox) }));
    await Promise.all(uploads(started.sandbox).map(({ done }) => done));
    const repeat = await send(started.url, { idempotencyKey, maxRowsPerJob: 1 });
    expect(repeat.data.result).toMatchObject({ __typename: 'UploadAccepted', replayed: false });
    expectEachPartOnce(started, idempotencyKey);
  });

  test.each<{ name: string; fault: Fault }>([
    { name: 'a reset', fault: { kind: 'reset', at: 'after', job: true } },
    { name: 'no answer', fault: { kind: 'hang', at: 'after', job: true } },
    { name: 'a 502 page', fault: { kind: 'status', status: 502, when: 'after-job' } },
    { name: 'a 500', fault: { kind: 'status', status: 500, when: 'after-job' } },
  ])('only in its answer, by $name, the list tells of its job, and the upload goes on', async ({ fault }) => {
    await using started = await startFor(fault);
    const idempotencyKey = 'five-parts-1';
    const first = send(started.url, { idempotencyKey, maxRowsPerJob: 1 });
    await failAfterPart(started, 2, fault);
    expect((await first).data.result).toMatchObject({
      __typename: 'UploadAccepted',
      replayed: false,
      jobs: namedJobs(started.sandbox),
    });
    expectEachPartOnce(started, idempotencyKey);
    expect(uploads(started.sandbox)).toHaveLength(5);
  });

  test('and its job shows too late, the repeat finds it', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    const options = { idempotencyKey: 'five-parts-1', maxRowsPerJob: 1 };
    const first = send(url, options);
    await failAfterPart(started, 2, { kind: 'reset', at: 'after', job: true });
    sandbox.jobs.hideNew(3);
    const answer = await first;
    expect(sandbox.jobs.list()).toHaveLength(3);
    expect(answer).toMatchObject(result('UploadOutcomeUnknownError', { jobs: namedJobs(sandbox, 2) }));
    sandbox.jobs.hideNew(0);
    expect((await send(url, options)).data.result).toMatchObject({
      replayed: false,
      jobs: namedJobs(sandbox),
    });
    expectEachPartOnce(started, options.idempotencyKey);
    expect(uploads(sandbox)).toHaveLength(5);
  });

  test.each([
    { name: 'a quote that is never closed', row: '919999999999,"A\n', code: 'UNTERMINATED_QUOTE' },
    { name: 'a NUL byte', row: '919999999999,\0\n', code: 'NOT_CSV' },
    { name: 'bytes that are no text', row: '919999999999,\xff\n', code: 'INVALID_ENCODING' },
  ])('because the file is wrong as a whole there, by $name, the two jobs are told', async ({ row, code }) => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    const { header, rows } = five;
    // Larger than what is looked at in one go, so that the first two parts are through by then.
    const padding = `${'x'.repeat(1_000)},`;
    const long = [...Array(2_000).keys()].map((index) => `919999999999,B${index},${padding}\n`).join('');
    const content = `${header}${long}${row}${rows.join('')}`;
    const file = Buffer.from(content, code === 'INVALID_ENCODING' ? 'latin1' : 'utf8') as Buffer<ArrayBuffer>;
    const { data } = await send(url, { maxRowsPerJob: 800 }, { file });
    expect(data.result).toMatchObject({
      __typename: 'InvalidFileError',
      problemCount: 1,
      problems: [{ code, line: 2_002, column: 1 }],
      jobs: namedJobs(sandbox),
    });
    expect(sandbox.jobs.list()).toHaveLength(2);
    const requests = await Promise.all(uploads(sandbox).map(({ done }) => done));
    // The third is cut off, or has not got its connection yet.
    expect(requests.filter(({ complete }) => complete)).toHaveLength(2);
  });
});

describe('When a part fails before all of it is out', () => {
  test.each<{ name: string; fault: Fault; code: string }>([
    { name: 'a reset before it', fault: { kind: 'reset', at: 'before' }, code: 'UPSTREAM_UNAVAILABLE' },
    {
      name: 'a reset within it',
      fault: { kind: 'reset', at: 'middle', afterBytes: 2 ** 20 },
      code: 'UPSTREAM_UNAVAILABLE',
    },
    { name: 'no byte being taken', fault: { kind: 'hang', at: 'before' }, code: 'UPSTREAM_TIMEOUT' },
    {
      name: 'an early 503',
      fault: { kind: 'status', status: 503, when: 'early' },
      code: 'UPSTREAM_UNAVAILABLE',
    },
  ])('by $name, a repeat goes on there as well', async ({ fault, code }) => {
    await using started = await startGateway({
      sandbox: { checkRows: false },
      // Not the time that a busy machine may need for a part.
      env: { UPLOAD_IDLE_TIMEOUT_MS: '4000' },
    });
    const { sandbox, url } = started;
    // A sandbox that checks no rows counts none in the end, and the repeat would be told that it is another file.
    sandbox.jobs.hold();
    const options = { idempotencyKey: 'two-parts-1', maxRowsPerJob: 32 * 1024 };
    const first = send(url, options, { file: large.file });
    await failAfterPart(started, 1, fault);
    expect(await first).toMatchObject(failed(code)({ ...options, jobs: namedJobs(sandbox) }));
    expect(sandbox.jobs.list()).toHaveLength(1);
    sandbox.faults.clear();
    const repeat = await send(url, options, { file: large.file });
    expect(repeat.data.result).toMatchObject({ replayed: false, jobs: namedJobs(sandbox) });
    const whole = uploads(sandbox).filter(({ complete }) => complete);
    expect(whole.map(({ fileSha256 }) => fileSha256)).toEqual(large.parts.map(sha256Of));
    expect(sandbox.jobs.list()).toHaveLength(2);
  });
});

describe('When somebody is gone in part 2', () => {
  test('who is the client, nothing more goes up, and a repeat with the key finishes', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    const options = { idempotencyKey: 'five-parts-1', maxRowsPerJob: 1 };
    const client = new AbortController();
    const first = send(url, options, { signal: client.signal });
    first.catch(() => {});
    await failAfterPart(started, 1, { kind: 'hang', at: 'after' });
    await eventually(() => expect(uploads(sandbox)[1]?.complete).toBe(true));
    client.abort();
    await expect(first).rejects.toThrow();
    await uploads(sandbox)[1]?.done;
    expect(sandbox.jobs.list()).toHaveLength(1);
    const repeat = await send(url, options);
    expect(repeat.data.result).toMatchObject({ replayed: false, jobs: namedJobs(sandbox) });
    expectEachPartOnce(started, options.idempotencyKey);
    expect(uploads(sandbox)).toHaveLength(2 + 4);
  });

  test('who is the gateway, a repeat through the next one finishes', async () => {
    await using sandbox = await createSandbox();
    const options = { idempotencyKey: 'five-parts-1', maxRowsPerJob: 2 };
    const env = { COUPON_API_URL: sandbox.url };
    {
      await using killed = await startProcess(env);
      const lost = expect(send(killed.url, options)).rejects.toThrow();
      await failAfterPart({ sandbox }, 1, { kind: 'hang', at: 'after', job: true });
      await eventually(() => expect(sandbox.jobs.list()).toHaveLength(2));
      killed.kill('SIGKILL');
      await lost;
    }
    await using next = await startProcess(env);
    const repeat = await send(next.url, options);
    expect(repeat.data.result).toMatchObject({ replayed: false, jobs: namedJobs(sandbox) });
    expectEachPartOnce({ sandbox }, options.idempotencyKey, 2);
    expect(uploads(sandbox)).toHaveLength(3);
  });
});

describe('A repeat of a split file', () => {
  test.each<{ name: string; counted: boolean; maxRowsPerJob?: number; file?: string; says: string }>([
    {
      name: 'another maxRowsPerJob',
      counted: true,
      maxRowsPerJob: 3,
      says: 'for the file with maxRowsPerJob 2',
    },
    {
      name: 'another maxRowsPerJob, which upstream has not counted yet',
      counted: false,
      maxRowsPerJob: 3,
      says: 'for the file with maxRowsPerJob 2',
    },
    {
      name: 'a row more',
      counted: true,
      file: `${five.file}919999999996,A6\n`,
      says: '1 rows in job 3, and this one has 2',
    },
    {
      name: 'two rows more',
      counted: true,
      file: `${five.file}919999999996,A6\n919999999997,A7\n`,
      says: '1 rows in job 3, and this one has 2',
    },
    {
      name: 'a row less in the middle',
      counted: true,
      file: five.header + five.rows.slice(0, 3).join(''),
      says: '2 rows in job 2, and this one has 1',
    },
    {
      name: 'a job less',
      counted: true,
      file: five.header + five.rows.slice(0, 4).join(''),
      says: 'for a file with more rows',
    },
    {
      name: 'a job less, which upstream has not counted yet',
      counted: false,
      file: five.header + five.rows.slice(0, 4).join(''),
      says: 'for a file with more rows',
    },
  ])('with $name is refused, and nothing is uploaded', async (given) => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    const idempotencyKey = 'five-parts-1';
    if (!given.counted) sandbox.jobs.hold();
    expect((await send(url, { idempotencyKey, maxRowsPerJob: 2 })).data.result.jobs).toHaveLength(3);
    if (given.counted) for (const { jobId } of sandbox.jobs.list()) sandbox.jobs.finish(jobId);
    const { maxRowsPerJob = 2, file = five.file } = given;
    const { data } = await send(url, { idempotencyKey, maxRowsPerJob }, { file });
    expect(data.result).toEqual({
      __typename: 'InvalidInputError',
      field: 'input.options.idempotencyKey',
      message: expect.stringContaining(given.says),
    });
    expect(uploads(sandbox)).toHaveLength(3);
  });

  test.each([
    { name: 'the file', file: five.file },
    { name: 'a file with a row more', file: `${five.file}919999999996,A6\n` },
    { name: 'a file with a job less', file: five.header + five.rows.slice(0, 4).join('') },
  ])('sends $name no second time where the list lacks a job before another', async ({ file }) => {
    await using sandbox = await createSandbox();
    const env = { COUPON_API_URL: sandbox.url };
    const options = { idempotencyKey: 'five-parts-1', maxRowsPerJob: 2 };
    {
      await using first = await startGateway({ env });
      expect((await send(first.url, options)).data.result.jobs).toHaveLength(3);
    }
    const [one, two] = sandbox.jobs.list();
    sandbox.jobs.remove(two?.jobId as number);
    await using next = await startGateway({ env });
    expect(await send(next.url, options, { file })).toMatchObject(
      result('UploadOutcomeUnknownError', {
        message: expect.stringContaining('not job 2'),
        idempotencyKey: options.idempotencyKey,
        jobs: [{ id: `COUPON_BATCH:541854:${one?.jobId}` }],
      }),
    );
    expect(uploads(sandbox)).toHaveLength(3);
  });

  test('looks again where the list shows a job before the one that was made earlier', async () => {
    await using sandbox = await createSandbox();
    const env = { COUPON_API_URL: sandbox.url };
    const options = { idempotencyKey: 'five-parts-1', maxRowsPerJob: 2 };
    {
      await using first = await startGateway({ env });
      sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 100 } });
      const sent = send(first.url, options);
      await eventually(() => expect(sandbox.jobs.list()).toHaveLength(1));
      sandbox.jobs.hideNew(1);
      await eventually(() => expect(sandbox.jobs.list()).toHaveLength(2));
      sandbox.jobs.hideNew(0);
      await sent;
    }
    await using next = await startGateway({ env });
    expect((await send(next.url, options)).data.result).toMatchObject({
      replayed: true,
      jobs: namedJobs(sandbox),
    });
    expect(uploads(sandbox)).toHaveLength(3);
  });

  test('of which only part 1 was made is not cut at other rows than before', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    const idempotencyKey = 'five-parts-1';
    // A job counts its rows late, so that they are nothing to compare with.
    sandbox.jobs.hold();
    const first = send(url, { idempotencyKey, maxRowsPerJob: 2 });
    await failAfterPart(started, 1, { kind: 'status', status: 400 });
    expect((await first).data.result).toMatchObject({ __typename: 'UpstreamRejectedError', jobs: [{}] });
    const other = await send(url, { idempotencyKey, maxRowsPerJob: 3 });
    expect(other.data.result).toMatchObject({
      __typename: 'InvalidInputError',
      message: expect.stringContaining('for the file with maxRowsPerJob 2'),
    });
    expect(sandbox.jobs.list()).toHaveLength(1);
    const repeat = await send(url, { idempotencyKey, maxRowsPerJob: 2 });
    expect(repeat.data.result).toMatchObject({ __typename: 'UploadAccepted', jobs: namedJobs(sandbox) });
    expectEachPartOnce(started, idempotencyKey, 2);
  });

  test('that runs beside the first waits for all of its parts', async () => {
    await using started = await startGateway();
    const { sandbox, url } = started;
    sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 30 } });
    const options = { idempotencyKey: 'five-parts-1', maxRowsPerJob: 1 };
    const answers = await Promise.all([send(url, options), send(url, options)]);
    expect(answers.map(({ data }) => data.result.replayed).sort()).toEqual([false, true]);
    for (const { data } of answers)
      expect(data.result.jobs).toEqual(
        namedJobs(sandbox).map(({ id }) => ({ id, uploadedFileName: 'coupons.csv' })),
      );
    expectEachPartOnce(started, options.idempotencyKey);
  });
});
