import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface BenchProcess {
  /** From its ready line. */
  readonly url: string;
  /** User and system time so far. */
  cpuSeconds(): number;
  /** The memory that it holds. */
  rssMiB(): number;
  /** The most that it ever held. */
  peakRssMiB(): number;
  stop(): Promise<void>;
}

/** Starts a server in a process of its own and waits for its ready line. Linux: reads `/proc`. */
export async function startProcess(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<BenchProcess> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} exited with ${code}`)));
    createInterface(child.stdout).on('line', (line) => {
      const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
      if (msg === 'ready' && url) resolve(url);
    });
  });
  const proc = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  const memoryMiB = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(proc('status'))?.[1]) / 1024;
  return {
    url,
    cpuSeconds() {
      // Fields 14 and 15, counted behind the command in brackets; in ticks of 10 ms.
      const fields = proc('stat')
        .replace(/^.*\) /s, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    rssMiB: () => memoryMiB('VmRSS'),
    peakRssMiB: () => memoryMiB('VmHWM'),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
