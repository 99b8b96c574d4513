import { expect, test } from 'vitest';
import { slopeAMinute } from './soak/memory-samples.ts';
import { runSoak } from './soak/run-soak.ts';

// This test runs what `npm run build` made.

test('After ten seconds of everything at once nothing is left over, and no key has made two jobs', async () => {
  const { counts, samples, leftOver, doubleJobs, faults } = await runSoak({
    ...{ seconds: 10, seed: 20_261, sampleEachMs: 2_000 },
  });
  expect({ leftOver, doubleJobs, faults }).toEqual({ leftOver: 'nothing', doubleJobs: [], faults: [] });
  expect([...counts.keys()].filter((what) => /INTERNAL_SERVER_ERROR|broken/.test(what))).toEqual([]);
  // It did load the gateway, in each way.
  expect([...new Set([...counts.keys()].map((what) => what.split(':')[0]))]).toEqual(
    expect.arrayContaining(['upload', 'query', 'watch over SSE', 'watch over WebSocket']),
  );
  // A slope needs two. On a machine that is too busy for more, each takes its time.
  expect(samples.length).toBeGreaterThanOrEqual(2);
});

test('the slope of memory is what it gains in a minute', () => {
  const samples = [100, 101, 102].map((rssMiB, index) => ({
    ...{ atMs: 5_000 + index * 30_000, rssMiB },
    ...{ heapMiB: 50, lagMs: 1 },
  }));
  expect(slopeAMinute(samples, ({ rssMiB }) => rssMiB)).toBeCloseTo(2);
  expect(slopeAMinute(samples, ({ heapMiB }) => heapMiB)).toBeCloseTo(0);
});
