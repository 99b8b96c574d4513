import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { deferred } from '../src/flow/deferred.ts';
import { createInspector } from '../src/upload/inspection/create-inspector.ts';
import type { InspectionPlan, InspectionReport } from '../src/upload/inspection/inspection-messages.ts';
import { couponFile } from './support/coupon-file.ts';
import { sha256Of } from './support/sha256-of.ts';

const plan: InspectionPlan = {
  input: { kind: 'COUPON_BATCH', customerIdentifier: 'NOT_TAGGED' },
  rowsPerPart: undefined,
  maxFileBytes: 2 ** 30,
  wantsSha256: true,
};
const inspector = createInspector({ threads: 1 });
afterAll(() => inspector.close());

/** Keeps this thread from running, so that the other falls asleep in the middle of what this one does. */
function stayBusy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

async function inspect(file: Buffer, chunkBytes: number, busyMs: number, told: Buffer[] = []) {
  let makeRoom: (() => void) | undefined;
  const { promise, resolve, reject } = deferred<InspectionReport>();
  const inspection = inspector.open(plan, {
    onProgress: takeAll,
    onFatal: ({ message }) => reject(new Error(message)),
    onReport(report) {
      takeAll();
      resolve(report);
    },
    onFailure: reject,
  });
  function takeAll() {
    for (let piece = inspection.take(); piece; piece = inspection.take()) {
      if (!Buffer.isBuffer(piece)) return reject(new Error('a cut'));
      // Its memory is used again.
      told.push(Buffer.from(piece));
    }
    if (!inspection.isFull()) makeRoom?.();
  }
  for (let from = 0; from < file.length; from += chunkBytes) {
    const room = new Promise<void>((done) => {
      makeRoom = done;
    });
    inspection.write(file.subarray(from, from + chunkBytes));
    takeAll();
    await room;
    stayBusy(busyMs);
    if (from % 3 === 0) await turn();
  }
  inspection.end();
  return { report: await promise, told: Buffer.concat(told) };
}

describe('The thread that looks at files', () => {
  it('is called for every block, however the two threads happen to wait for each other', async () => {
    const upload = fc.record({
      bytes: fc.integer({ min: 1, max: 3_000_000 }),
      chunkBytes: fc.integer({ min: 700, max: 200_000 }),
      busyMs: fc.constantFrom(0, 0, 0.2, 1.5),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(upload, { minLength: 1, maxLength: 4 }), async (uploads) => {
        await Promise.all(
          uploads.map(async ({ bytes, chunkBytes, busyMs }) => {
            const file = couponFile(bytes);
            const { report, told } = await inspect(
              file,
              chunkBytes,
              file.length / chunkBytes > 200 ? 0 : busyMs,
            );
            expect(told.equals(file)).toBe(true);
            expect(report.rows).toBe(Math.ceil(bytes / 1024));
            expect(report.bytes).toBe(file.length);
            expect(report.sha256).toBe(sha256Of(file));
          }),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('gives a file its share of the time beside one whose every row is slow to read', async () => {
    const slow = Buffer.from(`code\n${'"A""B""C"\n'.repeat(900_000)}`);
    const fast = couponFile(slow.length);
    const toldOfSlow: Buffer[] = [];
    const slowOne = inspect(slow, 131_072, 0, toldOfSlow);
    await inspect(fast, 131_072, 0);
    expect(Buffer.concat(toldOfSlow).length).toBeLessThan(slow.length / 2);
    await slowOne;
  });
});
