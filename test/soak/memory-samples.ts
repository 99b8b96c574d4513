import { request } from 'undici';

export interface MemorySample {
  readonly atMs: number;
  readonly rssMiB: number;
  readonly heapMiB: number;
  /** The 99th percentile since the sample before. */
  readonly lagMs: number;
}

/** Reads a gateway's own numbers. */
export async function sampleMemory(url: string): Promise<MemorySample> {
  const { body } = await request(new URL('/metrics', url), { headers: { connection: 'close' } });
  const text = await body.text();
  const read = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
  return {
    atMs: performance.now(),
    rssMiB: read('process_resident_memory_bytes') / 2 ** 20,
    heapMiB: read('nodejs_heap_size_used_bytes') / 2 ** 20,
    lagMs: read('nodejs_eventloop_lag_p99_seconds') * 1_000,
  };
}

/** How much more a minute, by least squares. `NaN` for fewer than two samples. */
export function slopeAMinute(
  samples: readonly MemorySample[],
  value: (sample: MemorySample) => number,
): number {
  const mean = (of: (sample: MemorySample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const minutes = ({ atMs }: MemorySample) => atMs / 60_000;
  const [meanAt, meanValue] = [mean(minutes), mean(value)];
  const spread = mean((sample) => (minutes(sample) - meanAt) ** 2);
  return mean((sample) => (minutes(sample) - meanAt) * (value(sample) - meanValue)) / spread;
}
