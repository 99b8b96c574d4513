import fc, { type IAsyncProperty } from 'fast-check';
import { expect, type RunnerTask, TestRunner } from 'vitest';
import type { RawAnswer } from './raw-connection.ts';

const { FUZZ_SECONDS: seconds, FUZZ_SEED: seed } = process.env;

/** Whether this is `npm run fuzz`: for targets that mostly wait, and can do more of it at the same time. */
export const isFuzzing = seconds !== undefined;

/**
 * Checks a property on `usualRuns` cases, or for its share of the seconds of `npm run fuzz -- <seconds> [seed]`, which the
 * tests of one file divide among them. A case that takes longer than `caseMs` fails. What fails is made smaller, within
 * the same share of time, and told with the seed and the path that bring it back.
 */
export async function check<T>(property: IAsyncProperty<T>, usualRuns = 50, caseMs = 30_000): Promise<void> {
  const { name, file } = TestRunner.getCurrentTest() ?? { name: '', file: undefined };
  const shareMs = (Number(seconds) * 1_000) / (file ? countTests(file.tasks) : 1);
  const details = await fc.check(isFuzzing ? endingAfter(shareMs, property) : property, {
    numRuns: isFuzzing ? Number.MAX_SAFE_INTEGER : usualRuns,
    ...(seed && { seed: Number(seed) }),
    plugins: [fc.timeout(caseMs)],
  });
  if (isFuzzing) process.stdout.write(`${details.numRuns} cases: ${name}\n`);
  if (details.failed) {
    throw new Error(await fc.asyncDefaultReportMessage(details), { cause: details.errorInstance });
  }
}

/** Begins no case later than that. Of fast-check's own limit the last case would outlive the test, and the gateway. */
function endingAfter<T>(ms: number, property: IAsyncProperty<T>): IAsyncProperty<T> {
  const endMs = performance.now() + ms;
  const run: IAsyncProperty<T>['run'] = async (value) =>
    performance.now() < endMs ? property.run(value) : new fc.PreconditionFailure(true);
  return Object.create(property, { run: { value: run } });
}

function countTests(tasks: readonly RunnerTask[]): number {
  return tasks.reduce((sum, task) => sum + (task.type === 'suite' ? countTests(task.tasks) : 1), 0);
}

/** What no answer may be, whatever was asked: a fault of ours, or no JSON. */
export function expectNoFault({ status, body }: Pick<RawAnswer, 'status' | 'body'>) {
  expect(status).toBeGreaterThanOrEqual(200);
  // 501 is a transfer coding that nobody has to know.
  expect(status === 501 ? 400 : status).toBeLessThan(500);
  expect(body).not.toContain('INTERNAL_SERVER_ERROR');
  return JSON.parse(body) as { data?: unknown; errors?: unknown };
}

/** Fails when `work` takes longer than this. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`There was no answer within ${ms} ms.`)), ms);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

/** Bytes with a few cuts, repetitions, swaps and foreign bytes in them. */
export function mutated(bytes: Buffer): fc.Arbitrary<Buffer> {
  const place = fc.nat(bytes.length);
  const edit = fc.oneof(
    fc.record({ kind: fc.constant('cut' as const), at: place, length: fc.nat(60) }),
    fc.record({ kind: fc.constant('repeat' as const), at: place, length: fc.nat(200) }),
    fc.record({ kind: fc.constant('put' as const), at: place, bytes: fragment }),
    fc.record({ kind: fc.constant('flip' as const), at: place, mask: fc.integer({ min: 1, max: 255 }) }),
  );
  return fc.array(edit, { minLength: 1, maxLength: 5 }).map((edits) =>
    edits.reduce((text, change) => {
      const { at } = change;
      const [before, after] = [text.subarray(0, at), text.subarray(at)];
      if (change.kind === 'cut') return Buffer.concat([before, after.subarray(change.length)]);
      if (change.kind === 'repeat') return Buffer.concat([before, after.subarray(0, change.length), after]);
      if (change.kind === 'put') return Buffer.concat([before, change.bytes, after]);
      const flipped = Buffer.from(text);
      if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ change.mask;
      return flipped;
    }, bytes),
  );
}

/** What parsers of HTTP, forms, JSON and CSV look for, and noise. */
export const fragment: fc.Arbitrary<Buffer> = fc.oneof(
  fc
    .constantFrom(
      '\r\n',
      '\n',
      '\r',
      '\0',
      '--',
      '"',
      '""',
      ',',
      ';',
      ':',
      '=',
      '{',
      '}',
      '[',
      ']',
      '\\',
      '%00',
      '%0d%0a',
      '\ufeff',
      '\u2028',
      '💥',
      '__proto__',
      'null',
      '-1',
      '1e999',
      '\r\n\r\n',
      "filename*=UTF-8''%",
      'Content-Type: ',
      'Content-Transfer-Encoding: base64\r\n',
    )
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);
