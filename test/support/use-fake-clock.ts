import { afterEach, beforeEach, expect, vi } from 'vitest';

/** Time that the tests of a file turn themselves. Each must leave no timer behind: what is left would be a leak. */
export function useFakeClock(): void {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
}
