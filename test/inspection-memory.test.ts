import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  blockBytes,
  blockCount,
  createBlockMemory,
  openBlockRing,
} from '../src/upload/inspection/block-ring.ts';
import { createInspector, type Inspector } from '../src/upload/inspection/create-inspector.ts';
import type { Inspection } from '../src/upload/inspection/inspection.ts';
import type {
  InspectionPlan,
  InspectionReport,
  InspectionRequest,
} from '../src/upload/inspection/inspection-messages.ts';
import { createMemoryPool } from '../src/upload/inspection/memory-pool.ts';
import { couponFile } from './support/coupon-file.ts';
import { upload } from './support/graphql-client.ts';
import { codesOnly, scanFile } from './support/scan-file.ts';
import { startGateway } from './support/start-gateway.ts';

const plan: InspectionPlan = {
  input: { kind: 'COUPON_BATCH', customerIdentifier: 'NOT_TAGGED' },
  rowsPerPart: undefined,
  maxFileBytes: 2 ** 30,
  wantsSha256: false,
};

const postMessage = vi.spyOn(Worker.prototype, 'postMessage');
beforeEach(() => void postMessage.mockClear());
afterAll(() => void postMessage.mockRestore());

/** How many memories have gone to threads. */
function memories(): number {
  const requests = postMessage.mock.calls.map(([request]) => request as InspectionRequest);
  return new Set(requests.flatMap((request) => (request.type === 'open' ? [request.memory] : []))).size;
}

function oneThread(): Inspector {
  const inspector = createInspector({ threads: 1 });
  onTestFinished(() => inspector.close());
  return inspector;
}

interface Opened {
  readonly inspection: Inspection;
  /** The first bytes that were looked at. */
  readonly first: Promise<Buffer>;
  /** What became of the file, all of which is taken. */
  readonly report: Promise<InspectionReport>;
}

/** Begins to look at a file; `takesAll` lets go of what was looked at. */
function open(inspector: Inspector, bytes: Buffer, takesAll = true): Opened {
  let onFirst: (piece: Buffer) => void = () => {};
  const first = new Promise<Buffer>((resolve) => (onFirst = resolve));
  let inspection: Inspection | undefined;
  const report = new Promise<InspectionReport>((resolve, reject) => {
    inspection = inspector.open(plan, {
      onProgress: take,
      onReport: resolve,
      onFatal: ({ message }) => reject(new Error(message)),
      onFailure: reject,
    });
  });
  report.catch(() => {});
  function take(): void {
    for (let piece = inspection?.take(); piece; piece = inspection?.take()) {
      onFirst(piece as Buffer);
      if (!takesAll) return;
    }
  }
  inspection?.write(bytes);
  return { inspection: inspection as Inspection, first, report };
}

async function inspect(inspector: Inspector, bytes: Buffer): Promise<InspectionReport> {
  const { inspection, report } = open(inspector, bytes);
  inspection.end();
  const told = await report;
  inspection.close();
  return told;
}

const small = Buffer.from('code\nA1\nA2\n');

describe('The memory of a file', () => {
  it('is not lent again before the thread is done with the file', async () => {
    const inspector = oneThread();
    const { inspection, first } = open(inspector, small);
    await first;
    inspection.close();
    await inspect(inspector, small);
    expect(memories()).toBe(2);
  });

  it.each<{ name: string; takesAll: boolean; lent: number }>([
    {
      name: 'is not lent again where the last bytes that were taken may still be read',
      takesAll: false,
      lent: 3,
    },
    { name: 'is lent again where all that was taken was given back', takesAll: true, lent: 2 },
  ])('that was closed before its end $name', async ({ takesAll, lent }) => {
    const inspector = oneThread();
    const { inspection, first } = open(inspector, small, takesAll);
    const bytes = await first;
    inspection.close();
    // Its report comes after what the thread says of the one before.
    await inspect(inspector, small);
    const next = [open(inspector, couponFile(5_000)), open(inspector, couponFile(5_000))];
    await Promise.all(next.map((file) => file.first));
    expect(memories()).toBe(lent);
    if (!takesAll) expect(bytes).toEqual(small);
  });

  it('that is wrong as a whole is lent again', async () => {
    const inspector = oneThread();
    await expect(inspect(inspector, Buffer.from('PK\x03\x04 and so on'))).rejects.toThrow('not CSV');
    await inspect(inspector, small);
    await Promise.all([inspect(inspector, small), inspect(inspector, small)]);
    expect(memories()).toBe(2);
  });

  it('does not change when the file is ended after it was closed', async () => {
    const inspector = oneThread();
    const { inspection, first } = open(inspector, small);
    await first;
    inspection.close();
    await inspect(inspector, small);
    const next = [open(inspector, small), open(inspector, small)];
    inspection.write(Buffer.from('A3\n'));
    inspection.end();
    for (const file of next) {
      file.inspection.end();
      expect(await file.report).toMatchObject({ rows: 2, bytes: small.length });
    }
  });

  it('is used by the next one, so that many small files take no more than one', async () => {
    const inspector = oneThread();
    for (let n = 0; n < 50; n += 1) expect(await inspect(inspector, small)).toMatchObject({ rows: 2 });
    expect(memories()).toBe(1);
  });

  it('is used by the next upload through the gateway', async () => {
    await using started = await startGateway();
    for (const file of [couponFile(3_000_000), Buffer.from('code\n'), couponFile(100), couponFile(3_000_000)])
      await upload(started.url, { file });
    expect(memories()).toBe(1);
  });

  it('is kept for later no more than sixteen times', async () => {
    const pool = createMemoryPool();
    const lent = Array.from({ length: 20 }, () => pool.take());
    lent.forEach(pool.giveBack);
    const again = new Set(Array.from({ length: 20 }, () => pool.take()));
    expect(lent.filter((memory) => again.has(memory))).toHaveLength(16);
  });
});

describe('A file that has the memory of another one', () => {
  it('finds nothing in it', () => {
    const empty = Buffer.alloc(createBlockMemory().buffer.byteLength);
    const pool = createMemoryPool();
    const first = pool.take();
    pool.giveBack(first);
    for (let blocks = 0; blocks <= blockCount + 2; blocks += 1) {
      const memory = pool.take();
      expect(memory).toBe(first);
      const ring = openBlockRing(memory);
      for (let block = 0; block <= blocks; block += 1) {
        if (block < blockCount) ring.block(block).fill(0xff);
        if (block === blocks) break;
        ring.send(blockBytes);
        ring.markScanned(true);
      }
      ring.want(3);
      Buffer.from(memory.buffer, 0, 512).fill(0xff);
      Buffer.from(memory.buffer, 1024, 90_000).fill(0xff);
      pool.giveBack(memory);
      expect(Buffer.from(memory.buffer).equals(empty), `after ${blocks} blocks`).toBe(true);
    }
  });

  it('has the report that it would have alone, whatever came before', async () => {
    const row = fc.constantFrom('A1', 'a1', 'B2', '"C""3"', '', ' ', 'É', '"D\n4"', 'x'.repeat(90));
    const rows = fc.array(row, { minLength: 1, maxLength: 30 }).map((all) => `code\n${all.join('\n')}`);
    const file = fc.record({ text: rows, isClosed: fc.boolean(), times: fc.constantFrom(1, 1, 1, 800) });
    const inspector = oneThread();
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 2, maxLength: 6 }), async (files) => {
        for (const { text, isClosed, times } of files) {
          const bytes = Buffer.from(text.repeat(times));
          if (isClosed) {
            const { inspection, first } = open(inspector, bytes);
            await first;
            inspection.close();
            continue;
          }
          const { report } = scanFile(bytes, codesOnly);
          expect(await inspect(inspector, bytes)).toMatchObject({ ...report });
        }
      }),
      { numRuns: 30 },
    );
  });
});
