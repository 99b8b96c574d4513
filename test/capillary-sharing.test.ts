import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { delay } from '../src/flow/delay.ts';
import { createShareInFlight } from '../src/flow/share-in-flight.ts';

interface Call {
  readonly signal: AbortSignal;
  readonly resolve: (value: string) => void;
  readonly reject: (error: unknown) => void;
}

/** A shared call that the test settles by hand. */
function setup() {
  const { share, outdate } = createShareInFlight<string>();
  const calls: Call[] = [];
  const start = (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      calls.push({ signal, resolve, reject });
    });
  const callers = [new AbortController(), new AbortController()] as const;
  return {
    calls,
    start,
    callers,
    ask: (signal: AbortSignal, key = 'k') => share(key, signal, start),
    share,
    outdate,
  };
}

const reason = new Error('the caller left');

describe('Calls that share one flight', () => {
  test('fail together with the very same error, and the next starts anew', async () => {
    const { calls, callers, ask } = setup();
    const asked = callers.map(({ signal }) => ask(signal));
    const error = new Error('no luck');
    calls[0]?.reject(error);
    for (const call of asked) await expect(call).rejects.toBe(error);
    const again = ask(callers[0].signal);
    calls[1]?.resolve('second');
    expect(await again).toBe('second');
  });

  test('reject one that leaves with its own reason, and no other', async () => {
    const { calls, callers, ask } = setup();
    const [left, stayed] = callers.map(({ signal }) => ask(signal));
    callers[0].abort(reason);
    await expect(left).rejects.toBe(reason);
    expect(calls[0]?.signal.aborted).toBe(false);
    calls[0]?.resolve('done');
    expect(await stayed).toBe('done');
    expect(calls).toHaveLength(1);
  });

  test('abort the call with the reason of the last that leaves', async () => {
    const { calls, callers, ask } = setup();
    const asked = callers.map(({ signal }) => ask(signal));
    callers[0].abort(new Error('first'));
    callers[1].abort(reason);
    await Promise.allSettled(asked);
    expect(calls[0]?.signal.reason).toBe(reason);
  });

  test('go on when they are outdated, while who comes then starts anew', async () => {
    const { calls, callers, ask, outdate } = setup();
    const [older, newer] = callers;
    const before = ask(older.signal);
    outdate('k');
    const after = ask(newer.signal);
    calls[0]?.resolve('old');
    expect(await before).toBe('old');
    // The end of the older one does not take the newer one out of reach.
    const joined = ask(older.signal);
    calls[1]?.resolve('new');
    expect(await Promise.all([after, joined])).toEqual(['new', 'new']);
    expect(calls).toHaveLength(2);
  });

  test('do not let anybody join a call that was aborted and is still ending', async () => {
    const { calls, callers, ask } = setup();
    const left = ask(callers[0].signal);
    callers[0].abort(reason);
    await expect(left).rejects.toBe(reason);
    const later = ask(callers[1].signal);
    calls[0]?.reject(reason);
    const joined = ask(new AbortController().signal);
    calls[1]?.resolve('new');
    expect(await Promise.all([later, joined])).toEqual(['new', 'new']);
    expect(calls).toHaveLength(2);
  });

  test('start nothing for a signal that is aborted already', async () => {
    const { calls, ask } = setup();
    await expect(ask(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(calls).toHaveLength(0);
  });

  test('reject when the start throws, and keep nothing of it', async () => {
    const { share, start, calls, callers } = setup();
    const error = new Error('at once');
    const throwing = () => {
      throw error;
    };
    await expect(share('k', callers[0].signal, throwing)).rejects.toBe(error);
    const next = share('k', callers[0].signal, start);
    calls[0]?.resolve('fine');
    expect(await next).toBe('fine');
  });

  test('are one for equal keys and two for different ones, and none is kept', async () => {
    const { calls, callers, ask } = setup();
    const asked = [ask(callers[0].signal), ask(callers[0].signal), ask(callers[0].signal, 'other')];
    expect(calls).toHaveLength(2);
    calls[0]?.resolve('one');
    calls[1]?.resolve('two');
    expect(await Promise.all(asked)).toEqual(['one', 'one', 'two']);
    const again = ask(callers[0].signal);
    calls[2]?.resolve('three');
    expect(await again).toBe('three');
  });

  test('leave no listener on the signals of their callers', async () => {
    const { calls, callers, ask } = setup();
    const asked = callers.map(({ signal }) => ask(signal));
    calls[0]?.resolve('done');
    await Promise.all(asked);
    for (const { signal } of callers) expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('A delay', () => {
  test('rejects with the reason of its signal, at once', async () => {
    const caller = new AbortController();
    const waiting = delay(1_000_000, caller.signal);
    caller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(delay(1_000_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('leaves no listener behind', async () => {
    const { signal } = new AbortController();
    await delay(0, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
