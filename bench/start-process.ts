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
  /** How it ended by itself; `undefined` while it lives. */
  ended(): string | undefined;
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
    const lines = createInterface(child.stdout).on('line', (line) => {
      if (!line.startsWith('{')) return;
      const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
      if (msg !== 'ready' || !url) return;
      // What it logs from here on is not the bench's to parse, while others are measured.
      lines.close();
      child.stdout.resume();
      resolve(url);
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
    ended() {
      const { exitCode, signalCode } = child;
      return exitCode === null && signalCode === null ? undefined : `it ended with ${signalCode ?? exitCode}`;
    },
    async stop() {
      child.kill('SIGTERM');
      // Some servers wait for connections that nobody closes.
      const kill = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(kill);
    },
  };
}
