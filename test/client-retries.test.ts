import { describe, expect, test } from 'vitest';
import { GatewayFailure } from '../examples/clients/gateway-failure.ts';
import type { UploadCouponBatchInput } from '../examples/clients/generated/graphql.ts';
import { nextStep } from '../examples/clients/next-step.ts';
import { createTokens } from '../examples/clients/tokens.ts';
import { type UploadResult, uploadWithRetries } from '../examples/clients/upload-with-retries.ts';
import { watchUntilDone } from '../examples/clients/watch-until-done.ts';
import { byMobile, tokensOf } from './support/upload-scenarios.ts';

const failure = (code: string, more: object = {}) =>
  new GatewayFailure([{ message: code, extensions: { code, ...more } }]);
const unknown: UploadResult = {
  __typename: 'UploadOutcomeUnknownError',
  message: 'The answer was lost.',
  idempotencyKey: 'import-4711',
  jobs: [],
};
const checked: UploadResult = {
  __typename: 'UploadChecked',
  file: { name: 'a.csv', bytes: 1, rows: 1, sha256: '', problemCount: 0, problems: [], notes: [] },
};

/** Answers with these, one after the other, and the last again and again. */
function answering(...answers: readonly (UploadResult | Error)[]) {
  const inputs: UploadCouponBatchInput[] = [];
  const send = async (input: UploadCouponBatchInput) => {
    inputs.push(input);
    const answer = answers[Math.min(inputs.length, answers.length) - 1] as UploadResult | Error;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { send, keys: () => inputs.map(({ options }) => options?.idempotencyKey) };
}

describe('an upload of the examples', () => {
  test.each(['FORBIDDEN', 'BAD_USER_INPUT', 'INTERNAL_SERVER_ERROR', 'UNAUTHENTICATED'])(
    'is not repeated after %s',
    async (code) => {
      const { send, keys } = answering(failure(code));
      await expect(uploadWithRetries(byMobile, send)).rejects.toMatchObject({ code });
      expect(keys()).toHaveLength(1);
    },
  );

  test.each(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'RATE_LIMITED', 'SHUTTING_DOWN', 'TRUNCATED'])(
    'is repeated after %s, so often and no oftener',
    async (code) => {
      const { send, keys } = answering(failure(code));
      await expect(uploadWithRetries(byMobile, send, { attempts: 3, pauseMs: 1 })).rejects.toMatchObject({
        code,
      });
      expect(keys()).toHaveLength(3);
    },
  );

  test('waits as long as a rate limit says', async () => {
    const { send } = answering(failure('RATE_LIMITED', { retryAfterSeconds: 0.05 }), checked);
    const startedAtMs = performance.now();
    await uploadWithRetries(byMobile, send, { pauseMs: 1 });
    expect(performance.now() - startedAtMs).toBeGreaterThan(45);
  });

  test('that is cancelled while it waits is not sent again', async () => {
    const controller = new AbortController();
    const { send, keys } = answering(new TypeError('fetch failed'));
    const uploading = uploadWithRetries(
      byMobile,
      (input) => {
        queueMicrotask(() => controller.abort(new Error('Enough.')));
        return send(input);
      },
      { signal: controller.signal, pauseMs: 60_000 },
    );
    await expect(uploading).rejects.toThrow('Enough.');
    expect(keys()).toHaveLength(1);
  });

  test('has one key for all its attempts: its own, or one that is made for it', async () => {
    const own = answering(new TypeError('fetch failed'), unknown, checked);
    const options = { idempotencyKey: 'import-4711' };
    expect(await uploadWithRetries({ ...byMobile, options }, own.send, { pauseMs: 1 })).toBe(checked);
    expect(own.keys()).toEqual(['import-4711', 'import-4711', 'import-4711']);
    const made = answering(unknown, checked);
    await uploadWithRetries(byMobile, made.send, { pauseMs: 1 });
    expect(new Set(made.keys()).size).toBe(1);
    expect(made.keys()[0]).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
  });
});

describe('watching of the examples', () => {
  const { tokens } = tokensOf('a');
  const ids = ['COUPON_BATCH:1:1'];

  test('is given up after so many failures in a row', async () => {
    let subscriptions = 0;
    const watchOnce = async () => {
      subscriptions += 1;
      throw new TypeError('fetch failed');
    };
    const watching = watchUntilDone(watchOnce, { ids, tokens, onState() {}, attempts: 3, pauseMs: 1 });
    await expect(watching).rejects.toThrow('fetch failed');
    expect(subscriptions).toBe(3);
  });

  test('of no jobs is over at once', async () => {
    const watchOnce = () => Promise.reject(new Error('Nobody asked.'));
    await expect(watchUntilDone(watchOnce, { ids: [], tokens, onState() {} })).resolves.toBeUndefined();
  });
});

describe('tokens of the examples', () => {
  test('are fetched once for all who ask at the same time', async () => {
    const { tokens, fetched } = tokensOf('first', 'second');
    expect(await Promise.all([tokens.current(), tokens.current()])).toEqual(['first', 'first']);
    expect(await Promise.all([tokens.renew(), tokens.renew(), tokens.current()])).toEqual(
      Array(3).fill('second'),
    );
    expect(fetched()).toBe(2);
  });

  test('that could not be fetched are asked for again', async () => {
    let asked = 0;
    const tokens = createTokens(async () => {
      asked += 1;
      if (asked === 1) throw new TypeError('fetch failed');
      return 'second';
    });
    await expect(tokens.current()).rejects.toThrow('fetch failed');
    expect(await tokens.current()).toBe('second');
  });
});

describe('what to do next', () => {
  test('with an unknown outcome is a repeat under its key', () => {
    expect(nextStep(unknown)).toMatchObject({ repeatWithKey: 'import-4711', watch: [] });
  });

  test('of a member that this page does not know is told, and nothing breaks', () => {
    const step = nextStep({ __typename: 'UploadPostponed' } as never);
    expect(step).toEqual({ message: 'The gateway answered {"__typename":"UploadPostponed"}.', watch: [] });
  });

  test('does not compile where a member of UploadResult is left out', () => {
    const forgetful = (result: UploadResult): string => {
      switch (result.__typename) {
        case 'UploadAccepted':
        case 'UploadChecked':
          return result.file.name;
        case 'InvalidFileError':
        case 'InvalidInputError':
        case 'UpstreamRejectedError':
          return result.message;
        default: {
          // @ts-expect-error: UploadOutcomeUnknownError is left out; `npm run types` fails when that compiles.
          const nothing: never = result;
          return String(nothing);
        }
      }
    };
    expect(forgetful(checked)).toBe('a.csv');
  });
});
