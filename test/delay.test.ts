import { expect, test, vi } from 'vitest';
import { delay } from '../src/flow/delay.ts';
import { useFakeClock } from './support/use-fake-clock.ts';

useFakeClock();

test.each(['before', 'meanwhile'])(
  'A delay whose signal aborts %s ends at once, and with its timer',
  async (when) => {
    const controller = new AbortController();
    const reason = new Error('gone');
    if (when === 'before') controller.abort(reason);
    const waiting = delay(1_000, controller.signal);
    if (when === 'meanwhile') controller.abort(reason);
    expect(vi.getTimerCount()).toBe(0);
    await expect(waiting).rejects.toBe(reason);
  },
);
