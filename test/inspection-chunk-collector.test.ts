import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test, vi } from 'vitest';
import { createChunkCollector } from '../src/upload/inspection/chunk-collector.ts';

const givenGc = globalThis.gc;
afterEach(() => {
  globalThis.gc = givenGc;
});

test('Without --expose-gc nothing is collected, and nothing fails', () => {
  globalThis.gc = undefined;
  expect(() => createChunkCollector({ everyBytes: 1 })(1)).not.toThrow();
});

test('Chunks of all files together are collected each time that so many bytes of them are dead', () => {
  const collect = vi.fn();
  const onDead = createChunkCollector({ everyBytes: 100, collect });
  onDead(60);
  onDead(0);
  onDead(39);
  expect(collect).not.toHaveBeenCalled();
  onDead(1);
  expect(collect).toHaveBeenCalledTimes(1);
  onDead(99);
  expect(collect).toHaveBeenCalledTimes(1);
  onDead(64 * 1024);
  expect(collect).toHaveBeenCalledTimes(2);
});

test('With --expose-gc what died young is collected, and nothing else is looked at', async () => {
  setFlagsFromString('--expose-gc');
  globalThis.gc = runInNewContext('gc') as NodeJS.GCFunction;
  const collected = new Promise<PerformanceEntry>((resolve) => {
    const observer = new PerformanceObserver((entries) => {
      const [first] = entries.getEntries();
      observer.disconnect();
      if (first) resolve(first);
    });
    observer.observe({ entryTypes: ['gc'] });
  });
  createChunkCollector({ everyBytes: 1 })(1);
  expect(await collected).toMatchObject({ detail: { kind: constants.NODE_PERFORMANCE_GC_MINOR } });
});
