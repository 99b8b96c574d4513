import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when it is so; rejects when it is not within `withinMs`, default 10,000. Looks every 20 ms: nobody tells. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`Not within ${withinMs} ms: ${what}.`);
    await sleep(20);
  }
}
