import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createLocalKeyLock, KeyBusyError, type KeyLock } from '../src/upload/repeats/key-lock.ts';
import { eventually } from './support/eventually.ts';

const noSignal = () => new AbortController().signal;

/** Work that ends when it is told to, and tells when it began. */
function job(lock: KeyLock, key: string, signal: AbortSignal = noSignal()) {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const started = vi.fn(() => ended);
  const held = lock.hold(key, signal, started);
  held.catch(() => {});
  return { started, held, end };
}

/** Lets everything run that waits for nothing but its turn. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

afterEach(() => void vi.useRealTimers());

describe('One who waits for a key', () => {
  test('for too long is told that it is busy, and leaves nothing behind', async () => {
    vi.useFakeTimers();
    const lock = createLocalKeyLock({ waitMs: 1_000 });
    const { signal } = new AbortController();
    const first = job(lock, 'a');
    const second = job(lock, 'a', signal);
    await vi.advanceTimersByTimeAsync(999);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await expect(second.held).rejects.toThrow(KeyBusyError);
    expect(second.started).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    first.end();
    await first.held;
  });

  test('and gives up hears its own reason at once, and does not run later', async () => {
    const lock = createLocalKeyLock();
    const controller = new AbortController();
    const first = job(lock, 'a');
    const second = job(lock, 'a', controller.signal);
    const reason = new Error('gone');
    controller.abort(reason);
    await expect(second.held).rejects.toBe(reason);
    first.end();
    await first.held;
    await settled();
    expect(second.started).not.toHaveBeenCalled();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('and had given up before it asked never runs, also when the key is free', async () => {
    const second = job(createLocalKeyLock(), 'a', AbortSignal.abort(new Error('gone')));
    await expect(second.held).rejects.toThrow('gone');
    expect(second.started).not.toHaveBeenCalled();
  });

  test('comes after the one before, also where that one has waited itself', async () => {
    const lock = createLocalKeyLock();
    const [first, second] = [job(lock, 'a'), job(lock, 'a')];
    first.end();
    await eventually(() => expect(second.started).toHaveBeenCalled());
    await settled();
    const third = job(lock, 'a');
    await settled();
    expect(third.started).not.toHaveBeenCalled();
    second.end();
    await eventually(() => expect(third.started).toHaveBeenCalled());
    third.end();
    await third.held;
  });

  test('has its turn when the holder has failed', async () => {
    const lock = createLocalKeyLock();
    const broken = lock.hold('a', noSignal(), () => Promise.reject(new Error('upstream')));
    const next = lock.hold('a', noSignal(), () => Promise.resolve('done'));
    await expect(broken).rejects.toThrow('upstream');
    await expect(next).resolves.toBe('done');
  });

  test('goes on waiting when one between the holder and itself has given up', async () => {
    const lock = createLocalKeyLock();
    const controller = new AbortController();
    const first = job(lock, 'a');
    job(lock, 'a', controller.signal);
    const third = job(lock, 'a');
    controller.abort();
    await settled();
    expect(third.started).not.toHaveBeenCalled();
    first.end();
    await eventually(() => expect(third.started).toHaveBeenCalledOnce());
    third.end();
    await third.held;
  });
});

test('A newcomer waits for the holder also when the last in the line has given up', async () => {
  const lock = createLocalKeyLock();
  const controller = new AbortController();
  const first = job(lock, 'a');
  const second = job(lock, 'a', controller.signal);
  controller.abort();
  await expect(second.held).rejects.toThrow();
  const third = job(lock, 'a');
  await settled();
  expect(third.started).not.toHaveBeenCalled();
  first.end();
  await eventually(() => expect(third.started).toHaveBeenCalledOnce());
  third.end();
  await third.held;
});

test('However many wait for a key, one holds it at a time, in the order in which they came', async () => {
  const lock = createLocalKeyLock();
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const all = Array.from({ length: 20 }, (_, index) =>
    lock.hold('a', noSignal(), async () => {
      running += 1;
      most = Math.max(most, running);
      await settled();
      running -= 1;
      order.push(index);
    }),
  );
  await Promise.all(all);
  expect(most).toBe(1);
  expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index));
});

test('Other keys are not waited for', async () => {
  const lock = createLocalKeyLock();
  const first = job(lock, 'a');
  await expect(lock.hold('b', noSignal(), () => Promise.resolve(7))).resolves.toBe(7);
  first.end();
  await first.held;
});
