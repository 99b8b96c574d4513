import fc, { type IAsyncProperty } from 'fast-check';
import { expect } from 'vitest';
import type { RawAnswer } from './raw-connection.ts';

const { FUZZ_RUNS: runs, FUZZ_SEED: seed } = process.env;

/**
 * Checks a property on `usualRuns` cases, or on as many as `npm run fuzz -- <runs> [seed]` says. What fails is made smaller,
 * and told with the seed and the path that bring it back.
 */
export async function check<T>(property: IAsyncProperty<T>, usualRuns = 50): Promise<void> {
  const numRuns = runs ? Number(runs) : usualRuns;
  await fc.assert(property, { numRuns, ...(seed && { seed: Number(seed) }), includeErrorInReport: true });
}

/** What no answer may be, whatever was asked: a fault of ours, or no JSON. */
export function expectNoFault({ status, body }: Pick<RawAnswer, 'status' | 'body'>) {
  expect(status).toBeGreaterThanOrEqual(200);
  expect(status).toBeLessThan(500);
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
