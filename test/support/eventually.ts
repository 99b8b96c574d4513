import { vi } from 'vitest';

/**
 * Tries a check again and again until it passes, for what comes about without an event to wait for. Resolves to what the
 * check returned; rejects with its last failure after `timeoutMs`, which is long: machines that test are busy.
 */
export function eventually<T>(check: () => T | Promise<T>, timeoutMs = 10_000): Promise<T> {
  return vi.waitFor(check, { timeout: timeoutMs, interval: 10 });
}
