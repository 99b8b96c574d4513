/** How far an upload is. */
export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
  /** Over the last seconds; 0 until there is something to measure. */
  readonly bytesPerSecond: number;
  /** `undefined` while the speed is not known. */
  readonly secondsLeft: number | undefined;
}

const windowMs = 3_000;

/**
 * Turns a browser's progress events into progress. The speed is that of the last three seconds, so that it
 * follows changes.
 */
export function createProgressMeter(now: () => number = () => performance.now()) {
  const samples: { readonly atMs: number; readonly sentBytes: number }[] = [{ atMs: now(), sentBytes: 0 }];
  return (sentBytes: number, totalBytes: number): UploadProgress => {
    const atMs = now();
    samples.push({ atMs, sentBytes });
    while (samples.length > 2 && (samples[1]?.atMs ?? atMs) < atMs - windowMs) samples.shift();
    const first = samples[0] ?? { atMs, sentBytes };
    const elapsedMs = atMs - first.atMs;
    const bytesPerSecond = elapsedMs > 0 ? ((sentBytes - first.sentBytes) * 1000) / elapsedMs : 0;
    const secondsLeft = bytesPerSecond > 0 ? (totalBytes - sentBytes) / bytesPerSecond : undefined;
    return { sentBytes, totalBytes, bytesPerSecond, secondsLeft };
  };
}
