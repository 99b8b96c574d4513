import type { Contender } from './contenders.ts';
import { sendFile } from './send-file.ts';
import type { BenchProcess } from './start-process.ts';
import { warmUp } from './warm-up.ts';

/** So many files of this size, all at once. */
export interface Workload {
  readonly files: number;
  readonly mib: number;
  readonly boundary: string;
}

/** What one workload came to at one contender. */
export interface UploadRun {
  readonly megabytesPerSecond: number;
  readonly cpuSecondsPerGib: number;
  readonly peakRssMib: number;
}

/** Why a contender did not take the files. */
export interface FailedRun {
  readonly reason: string;
}

const mibBytes = 1024 ** 2;
const timeoutMs = 300_000;

/**
 * Sends a workload through a contender that is started for it, and sees to it that the sink got every byte. What goes wrong
 * is a result as well.
 */
export async function measureUploads(
  { start, query }: Contender,
  sinkUrl: string,
  { files, mib, boundary }: Workload,
): Promise<UploadRun | FailedRun> {
  const server = await start(sinkUrl);
  const upload = { url: server.url, boundary, query };
  const send = (bytes: number) => sendFile({ ...upload, bytes, signal: AbortSignal.timeout(timeoutMs) });
  try {
    await warmUp({ ...upload, signal: AbortSignal.timeout(timeoutMs) });
    const bytesBefore = await bytesIn(sinkUrl);
    const cpuBefore = server.cpuSeconds();
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: files }, () => send(mib * mibBytes)));
    const seconds = (performance.now() - startedAt) / 1000;
    const cpuSeconds = server.cpuSeconds() - cpuBefore;
    const total = files * mib;
    if ((await bytesIn(sinkUrl)) - bytesBefore < total * mibBytes)
      return { reason: 'not all bytes came out of it' };
    return {
      megabytesPerSecond: (total * mibBytes) / 1e6 / seconds,
      cpuSecondsPerGib: (cpuSeconds * 1024) / total,
      peakRssMib: server.peakRssMiB(),
    };
  } catch (error) {
    return { reason: reasonOf(error, server) };
  } finally {
    await server.stop();
  }
}

async function bytesIn(sinkUrl: string): Promise<number> {
  return Number(await (await fetch(sinkUrl)).text());
}

/** In the peer's own words, where it had any. */
function reasonOf(error: unknown, server: BenchProcess): string {
  const message = error instanceof Error ? error.message : String(error);
  const told = /"message":"([^"]+)"/.exec(message)?.[1] ?? message;
  return [server.ended(), told].filter(Boolean).join(': ').replace(/[|\n]/g, ' ').slice(0, 120);
}
