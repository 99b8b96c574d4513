import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ByteSource, ByteTaker } from '../src/capillary/byte-source.ts';
import { blockBytes, blockCount } from '../src/upload/inspection/block-ring.ts';
import { createInspector, type Inspector } from '../src/upload/inspection/create-inspector.ts';
import type { InspectionEvents } from '../src/upload/inspection/inspection.ts';
import type { InspectionPlan } from '../src/upload/inspection/inspection-messages.ts';
import { createPassingFile, type PassingFileOptions } from '../src/upload/passing/passing-file.ts';
import { readToEnd } from '../src/upload/passing/read-to-end.ts';
import { FileRefusedError } from '../src/upload/result/file-refused-error.ts';
import { couponFile } from './support/coupon-file.ts';
import { eventually } from './support/eventually.ts';
import { upload } from './support/graphql-client.ts';
import { cutAt } from './support/scan-file.ts';
import { sha256Of } from './support/sha256-of.ts';
import { startGateway } from './support/start-gateway.ts';

const codesOnly: InspectionPlan = {
  input: { kind: 'COUPON_BATCH', customerIdentifier: 'NOT_TAGGED' },
  rowsPerPart: undefined,
  maxFileBytes: 2 ** 30,
  wantsSha256: true,
};

beforeEach(() => {
  // Those of the stall watch, and its clock: everything else here waits for a real thread.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => void vi.useRealTimers());

interface Arrival extends Partial<Omit<PassingFileOptions, 'file' | 'plan'>> {
  readonly rowsPerPart?: number;
  readonly maxFileBytes?: number;
}

/** A file that the test sends byte for byte, and whether anything of it is left. */
function arrive({ rowsPerPart, maxFileBytes = 2 ** 30, ...options }: Arrival = {}) {
  const { inspector = oneThread() } = options;
  const stream = new PassThrough();
  const listeners = () => ['data', 'end', 'close'].map((event) => stream.listenerCount(event));
  const before = listeners();
  let endForm: () => void = () => {};
  let breakForm: (error: Error) => void = () => {};
  const formEnd = new Promise<void>((resolve, reject) => {
    endForm = resolve;
    breakForm = reject;
  });
  formEnd.catch(() => {});
  let open = 0;
  const passing = createPassingFile({
    file: { name: 'codes.csv', stream, formEnd, onArrival: () => () => {} },
    plan: { ...codesOnly, rowsPerPart, maxFileBytes },
    judge: () => undefined,
    idleTimeoutMs: 60_000,
    ...options,
    inspector: {
      open(plan, events) {
        open += 1;
        const inspection = inspector.open(plan, events);
        const close = vi.fn(inspection.close);
        close.mockImplementationOnce(() => {
          open -= 1;
          inspection.close();
        });
        return { ...inspection, close };
      },
    },
  });
  function expectNothingLeft() {
    expect(vi.getTimerCount()).toBe(0);
    expect(listeners()).toEqual(before);
    expect(open).toBe(0);
    // What still arrives flows to nowhere, and a late error ends no process.
    expect(stream.isPaused()).toBe(false);
    stream.destroy(new Error('late'));
  }
  return { stream, passing, endForm, breakForm, expectNothingLeft };
}

function oneThread(): Inspector {
  const inspector = createInspector({ threads: 1 });
  onTestFinished(() => inspector.close());
  return inspector;
}

/** Takes what comes; `accepts` says whether more is wanted at once. */
function take(source: ByteSource, accepts: (chunk: Buffer) => boolean = () => true) {
  const chunks: Buffer[] = [];
  let settle: (fate: Error | 'end') => void = () => {};
  const fate = new Promise<Error | 'end'>((resolve) => {
    settle = resolve;
  });
  const taker: ByteTaker = {
    write: vi.fn((chunk) => {
      // Its memory is used again.
      chunks.push(Buffer.from(chunk));
      return accepts(chunk);
    }),
    end: vi.fn(() => settle('end')),
    fail: vi.fn(settle),
  };
  source.start(taker);
  return { taker, fate, text: () => Buffer.concat(chunks).toString(), bytes: () => Buffer.concat(chunks) };
}

/** All parts as they are asked for, one after the other. */
async function takeParts({ passing }: ReturnType<typeof arrive>) {
  const parts: string[] = [];
  while (!passing.report()) {
    const part = take(passing.nextPart());
    expect(await part.fate).toBe('end');
    parts.push(part.text());
  }
  return parts;
}

const file = 'code\nA1\nA2\nA3\n';

describe('A part fails, and nothing is left, when', () => {
  test.each<{
    name: string;
    options?: Arrival;
    fault: (file: ReturnType<typeof arrive>) => void;
    error: object;
  }>([
    {
      name: 'the client sends nothing for too long',
      fault: () => vi.advanceTimersByTime(75_000),
      error: { code: 'REQUEST_TIMEOUT' },
    },
    {
      name: 'the client stops within the file',
      fault({ stream }) {
        stream.write('code\nA1');
        setImmediate(() => vi.advanceTimersByTime(75_000));
      },
      error: { code: 'REQUEST_TIMEOUT' },
    },
    {
      name: 'the form never ends after the file has',
      fault({ stream }) {
        stream.end(file);
        stream.once('end', () => setImmediate(() => vi.advanceTimersByTime(75_000)));
      },
      error: { code: 'REQUEST_TIMEOUT' },
    },
    {
      name: 'the connection breaks',
      fault: ({ stream }) => stream.destroy(new Error('aborted')),
      error: { code: 'TRUNCATED' },
    },
    {
      name: 'the connection closes without an error',
      fault: ({ stream }) => stream.destroy(),
      error: { code: 'TRUNCATED' },
    },
    {
      name: 'the form is cut off after the file',
      fault({ stream, breakForm }) {
        stream.end(file);
        breakForm(new Error('Unexpected end of form'));
      },
      error: { code: 'TRUNCATED' },
    },
    {
      name: 'its first bytes show that it is no CSV',
      fault: ({ stream }) => stream.write('PK\x03\x04'),
      error: { problems: [{ code: 'NOT_CSV' }] },
    },
    {
      name: 'its last byte shows that it is none',
      fault: ({ stream }) => stream.end('code\nA1\n"A2\n'),
      error: { problems: [{ code: 'UNTERMINATED_QUOTE' }] },
    },
    {
      name: 'it is larger than allowed',
      options: { maxFileBytes: 13 },
      fault: ({ stream }) => stream.end(file),
      error: { problems: [{ code: 'TOO_LARGE' }] },
    },
    {
      name: 'it is refused by who sends it on',
      options: { judge: () => new FileRefusedError('no', [{ code: 'EMPTY_CELL', message: 'no' }], 7) },
      fault: ({ stream }) => stream.end(file),
      error: { message: 'no', problemCount: 7 },
    },
  ])('$name', async ({ options, fault, error }) => {
    const arrival = arrive(options);
    const part = take(arrival.passing.nextPart());
    fault(arrival);
    expect(await part.fate).toMatchObject(error);
    expect(part.taker.end).not.toHaveBeenCalled();
    expect(arrival.passing.report()).toBeUndefined();
    arrival.expectNothingLeft();
    // The form may end well after all, which changes nothing.
    arrival.endForm();
    await new Promise(setImmediate);
    expect(part.taker.fail).toHaveBeenCalledOnce();
    expect(part.taker.end).not.toHaveBeenCalled();
    expect(arrival.passing.report()).toBeUndefined();
  });

  test('the stream was gone before anybody looked', async () => {
    const stream = new PassThrough();
    stream.destroy();
    const passing = createPassingFile({
      file: { name: '', stream, formEnd: Promise.resolve(), onArrival: () => () => {} },
      inspector: oneThread(),
      plan: codesOnly,
      judge: () => undefined,
      idleTimeoutMs: 60_000,
    });
    expect(await take(passing.nextPart()).fate).toMatchObject({ code: 'TRUNCATED' });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('the file failed before the part was begun', async () => {
    const arrival = arrive({ rowsPerPart: 1 });
    const first = take(arrival.passing.nextPart());
    arrival.stream.write('code\nA1\nA2\n');
    expect(await first.fate).toBe('end');
    arrival.stream.destroy();
    await once(arrival.stream, 'close');
    expect(await take(arrival.passing.nextPart()).fate).toMatchObject({ code: 'TRUNCATED' });
    arrival.expectNothingLeft();
  });

  test('the inspection thread breaks, and the next file has a new one', async () => {
    const inspector = oneThread();
    const arrival = arrive({ inspector });
    const part = take(arrival.passing.nextPart());
    arrival.stream.write('code\nA1\n');
    await eventually(() => expect(part.text()).toBe('code\nA1\n'));
    // A plan that no thread survives, as a bug in it would look.
    inspector.open({ ...codesOnly, input: null as never }, {} as never).close();
    expect(await part.fate).toBeInstanceOf(Error);
    arrival.expectNothingLeft();
    const next = arrive({ inspector });
    next.stream.end(file);
    next.endForm();
    expect(await takeParts(next)).toEqual([file]);
  });
});

test('A file that comes while a thread breaks has the new thread, which is not forgotten', async () => {
  const workers = vi.fn();
  process.on('worker', workers);
  onTestFinished(() => void process.off('worker', workers));
  const inspector = oneThread();
  const failed = new Promise<ReturnType<typeof arrive>>((resolve) => {
    const events = { onFailure: () => resolve(arrive({ inspector })) } as Partial<InspectionEvents>;
    inspector.open({ ...codesOnly, input: null as never }, events as InspectionEvents);
  });
  const next = await failed;
  next.stream.end(file);
  next.endForm();
  expect(await takeParts(next)).toEqual([file]);
  const last = arrive({ inspector });
  last.stream.end(file);
  last.endForm();
  expect(await takeParts(last)).toEqual([file]);
  expect(workers).toHaveBeenCalledTimes(2);
});

test('A thread that breaks costs the upload a masked error, and the next upload works', async () => {
  vi.useRealTimers();
  await using started = await startGateway();
  const thread = new Promise<Worker>((resolve) => process.once('worker', resolve));
  started.sandbox.faults.set({
    call: 'uploadFile',
    fault: { kind: 'slow', bytesPerSecond: 8 * 1024 * 1024 },
  });
  const broken = upload(started.url, { file: couponFile(24 * 1024 * 1024) });
  const worker = await thread;
  const request = await started.sandbox.received(1);
  await worker.terminate();
  const { data, errors } = await broken;
  expect(data).toBeNull();
  expect(errors).toMatchObject([
    { message: expect.stringContaining('on our side'), extensions: { code: 'INTERNAL_SERVER_ERROR' } },
  ]);
  expect(await request.done).toMatchObject({ complete: false, aborted: true });
  started.sandbox.faults.clear();
  const next = await upload(started.url);
  expect(next.data.uploadCouponBatch.__typename).toBe('UploadAccepted');
});

describe('Nothing is left when the taker stops', () => {
  test.each<{ name: string; reach: (file: ReturnType<typeof arrive>) => Promise<ByteSource> }>([
    { name: 'before it began', reach: async ({ passing }) => passing.nextPart() },
    {
      name: 'before the first byte',
      async reach({ passing }) {
        const part = passing.nextPart();
        take(part);
        return part;
      },
    },
    {
      name: 'while it takes no more',
      async reach({ passing, stream }) {
        const part = passing.nextPart();
        const { text } = take(part, () => false);
        stream.write('code\nA1\n');
        await eventually(() => expect(text()).not.toBe(''));
        stream.write('A2\n');
        return part;
      },
    },
    {
      name: 'while the thread still looks at the last bytes',
      async reach({ passing, stream }) {
        const part = passing.nextPart();
        take(part);
        stream.end(file);
        await once(stream, 'end');
        return part;
      },
    },
    {
      name: 'while the end of the form is awaited',
      async reach({ passing, stream }) {
        const part = passing.nextPart();
        const { text } = take(part);
        stream.end(file);
        await eventually(() => expect(text()).toBe(file));
        return part;
      },
    },
    {
      name: 'in the second part',
      async reach({ passing, stream }) {
        const first = take(passing.nextPart());
        stream.write(file);
        expect(await first.fate).toBe('end');
        const part = passing.nextPart();
        take(part, () => false);
        return part;
      },
    },
  ])('$name', async ({ name, reach }) => {
    const arrival = arrive(name.includes('part') ? { rowsPerPart: 1 } : {});
    const part = await reach(arrival);
    part.stop();
    arrival.expectNothingLeft();
    part.stop();
    part.resume();
    await new Promise(setImmediate);
    expect(arrival.passing.report()).toBeUndefined();
  });
});

describe('Nothing is left when the file is closed', () => {
  test.each<{ name: string; reach: (file: ReturnType<typeof arrive>) => Promise<unknown> }>([
    { name: 'before a part was asked for', reach: async () => undefined },
    { name: 'with a part that was never begun', reach: async ({ passing }) => passing.nextPart() },
    {
      name: 'between two parts',
      async reach({ passing, stream }) {
        const first = take(passing.nextPart());
        stream.write(file);
        expect(await first.fate).toBe('end');
      },
    },
    {
      name: 'after its true end',
      async reach(arrival) {
        arrival.stream.end(file);
        arrival.endForm();
        await takeParts(arrival);
      },
    },
  ])('$name', async ({ reach }) => {
    const arrival = arrive({ rowsPerPart: 1 });
    await reach(arrival);
    arrival.passing.close();
    arrival.expectNothingLeft();
    arrival.passing.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('A part that has ended stops nothing of the next one', async () => {
  const arrival = arrive({ rowsPerPart: 2 });
  const first = arrival.passing.nextPart();
  const firstTaken = take(first);
  arrival.stream.end(file);
  expect(await firstTaken.fate).toBe('end');
  const second = take(arrival.passing.nextPart());
  first.stop();
  first.resume();
  arrival.endForm();
  expect(await second.fate).toBe('end');
  expect(firstTaken.text() + second.text()).toBe('code\nA1\nA2\ncode\nA3\n');
});

describe('Back-pressure', () => {
  const megabyte = `${'A'.repeat(63)}\n`.repeat(16 * 1024);

  test('is handed to the client while the taker wants no more, and no timeout runs meanwhile', async () => {
    const arrival = arrive();
    const part = arrival.passing.nextPart();
    const { taker, text, fate } = take(part, () => false);
    arrival.stream.write('code\nA1\n');
    await eventually(() => expect(text()).toBe('code\nA1\n'));
    expect(arrival.stream.isPaused()).toBe(true);
    arrival.stream.write('A2\n');
    vi.advanceTimersByTime(600_000);
    await new Promise(setImmediate);
    expect(taker.write).toHaveBeenCalledOnce();
    expect(taker.fail).not.toHaveBeenCalled();
    part.resume();
    await eventually(() => expect(text()).toBe('code\nA1\nA2\n'));
    part.resume();
    arrival.stream.end('A3\n');
    await eventually(() => expect(text()).toBe(file));
    part.resume();
    arrival.endForm();
    expect(await fate).toBe('end');
  });

  test('holds the client before the first part is begun and between two', async () => {
    const arrival = arrive({ rowsPerPart: 1 });
    arrival.stream.write(file);
    await new Promise(setImmediate);
    expect(arrival.stream.readableLength).toBe(file.length);
    const first = take(arrival.passing.nextPart());
    expect(await first.fate).toBe('end');
    arrival.stream.write('A4\n');
    vi.advanceTimersByTime(600_000);
    await new Promise(setImmediate);
    expect(arrival.stream.isPaused()).toBe(true);
    expect(arrival.stream.readableLength).toBe(3);
    arrival.stream.end();
    arrival.endForm();
    expect(await takeParts(arrival)).toEqual(['code\nA2\n', 'code\nA3\n', 'code\nA4\n']);
  });

  test('holds the client while the thread is behind, and little is kept', async () => {
    const arrival = arrive();
    const part = take(arrival.passing.nextPart());
    const content = `code\n${megabyte.repeat(8)}`;
    let taken = 0;
    arrival.stream.prependListener('data', (chunk: Buffer) => {
      taken += chunk.length;
    });
    // All at once, in small pieces: as fast as a local client.
    const most = vi.fn<(bytes: number) => void>();
    for (let at = 0; at < content.length; at += 65_536) {
      if (!arrival.stream.write(content.slice(at, at + 65_536))) await once(arrival.stream, 'drain');
      most(taken - part.bytes().length);
    }
    arrival.stream.end();
    arrival.endForm();
    expect(await part.fate).toBe('end');
    expect(sha256Of(part.bytes())).toBe(sha256Of(content));
    // All blocks, and what one read brings.
    expect(Math.max(...most.mock.calls.flat())).toBeLessThanOrEqual((blockCount + 1) * blockBytes);
  });
});

describe('A taker that asks for more from within the write', () => {
  test.each<{ name: string; says: boolean }>([
    { name: 'and says that it is full', says: false },
    { name: 'and says that it is not', says: true },
  ])('$name has all in order, and nothing twice', async ({ says }) => {
    const arrival = arrive({ rowsPerPart: 1 });
    const parts: string[] = [];
    for (const bytes of cutAt(Buffer.from(file), [3, 6, 9])) arrival.stream.write(bytes);
    arrival.stream.end();
    arrival.endForm();
    while (!arrival.passing.report()) {
      const part = arrival.passing.nextPart();
      const taken = take(part, () => {
        part.resume();
        return says;
      });
      expect(await taken.fate).toBe('end');
      parts.push(taken.text());
    }
    expect(parts).toEqual(['code\nA1\n', 'code\nA2\n', 'code\nA3\n']);
  });

  test('while it gets the repeated header, and is full then, gets no more until it asks again', async () => {
    const arrival = arrive({ rowsPerPart: 1 });
    const first = take(arrival.passing.nextPart());
    arrival.stream.end(file);
    arrival.endForm();
    expect(await first.fate).toBe('end');
    // By now the thread has told the rest: it stands ready.
    const second = arrival.passing.nextPart();
    const taken = take(second, (chunk) => {
      if (chunk.toString() === 'code\n') second.resume();
      return chunk.toString() === 'code\n';
    });
    expect(taken.text()).toBe('code\nA2\n');
    await new Promise(setImmediate);
    expect(taken.taker.end).not.toHaveBeenCalled();
    second.resume();
    expect(await taken.fate).toBe('end');
    expect(taken.text()).toBe('code\nA2\n');
  });
});

describe('However it is chunked, a file passes byte for byte', () => {
  const small = '\ufeff"co\r\nde",x\r\n\r\n"A""1",é\r\n\r\n"A,\r\n2",\r\nA3,🎁';
  const bytes = Buffer.from(small);
  const header = '\ufeff"co\r\nde",x\r\n\r\n';
  const rows = ['"A""1",é\r\n\r\n', '"A,\r\n2",\r\n', 'A3,🎁'];

  test.each([
    { rowsPerPart: 1, parts: rows.map((row) => header + row) },
    { rowsPerPart: 2, parts: [header + rows[0] + rows[1], header + rows[2]] },
    { rowsPerPart: 3, parts: [small] },
    { rowsPerPart: 4, parts: [small] },
  ])('and is cut at the ends of rows, $rowsPerPart a part', async ({ rowsPerPart, parts }) => {
    const inspector = oneThread();
    for (let at = 0; at <= bytes.length; at += 1) {
      const arrival = arrive({ inspector, rowsPerPart });
      for (const chunk of cutAt(bytes, [at])) arrival.stream.write(chunk);
      arrival.stream.end();
      arrival.endForm();
      expect(await takeParts(arrival), `cut at ${at}`).toEqual(parts);
      expect(arrival.passing.report()).toMatchObject({
        bytes: bytes.length,
        sha256: sha256Of(bytes),
        rows: 3,
      });
      arrival.expectNothingLeft();
    }
  });

  test('also a byte at a time, each looked at by itself', async () => {
    const arrival = arrive({ rowsPerPart: 1 });
    const parts = takeParts(arrival);
    for (const byte of bytes) {
      arrival.stream.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    arrival.stream.end();
    arrival.endForm();
    expect(await parts).toEqual(rows.map((row) => header + row));
  });
});

test('A part that is read for somebody who has gone is stopped before it starts', async () => {
  const reason = new Error('gone');
  const [start, stop] = [vi.fn(), vi.fn()];
  await expect(readToEnd({ start, resume() {}, stop }, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(start).not.toHaveBeenCalled();
  expect(stop).toHaveBeenCalled();
});
