import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { eventually } from './eventually.ts';
import { startCommand } from './start-command.ts';

/** How a process ended, and all that it said. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: readonly string[];
  readonly stderr: string;
}

export interface GatewayProcess extends AsyncDisposable {
  /** Of the line that says ready. */
  readonly url: string;
  readonly pid: number;
  /** The lines of stdout so far. */
  readonly stdout: readonly string[];
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<ProcessEnd>;
}

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** What the process may have at most. Default: what this one may. */
export interface ProcessLimits {
  readonly openFiles?: number | undefined;
  /** In each file that it writes to, in blocks of 512 bytes. */
  readonly fileBlocks?: number | undefined;
}

/** Runs the built gateway with these settings and no others. Disposing kills what is left of it. */
export async function startProcess(
  env: Readonly<Record<string, string>> = {},
  limits: ProcessLimits = {},
): Promise<GatewayProcess> {
  const { child, stdout, ended } = run({ PORT: '0', ...env }, limits);
  const lines = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> });
  const ready = new Promise<string>((resolve) => {
    lines.on('line', (line) => {
      stdout.push(line);
      const { msg, url } = JSON.parse(line) as { msg: string; url: string };
      if (msg === 'ready') resolve(url);
    });
  });
  const failed = ended.then(({ code, stderr }) => {
    throw new Error(`The gateway ended with ${code} before it was ready: ${stderr}`);
  });
  failed.catch(() => {});
  return {
    url: await Promise.race([ready, failed]),
    pid: child.pid as number,
    stdout,
    ended,
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The same at a port that is known, its lines going to this descriptor, where the test does not read them. */
export async function startUnreadProcess(
  port: number,
  stdoutFd: number,
): Promise<Omit<GatewayProcess, 'stdout'>> {
  const { child, ended } = run({ PORT: String(port) }, {}, stdoutFd);
  const url = `http://127.0.0.1:${port}/graphql`;
  await eventually(async () => {
    if (child.exitCode === null) await request(new URL('/healthz', url), { headersTimeout: 1_000 });
  });
  return {
    url,
    pid: child.pid as number,
    ended,
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs the built gateway until it ends by itself. */
export async function runProcess(env: Readonly<Record<string, string>>): Promise<ProcessEnd> {
  const { child, stdout, ended } = run(env);
  createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> }).on('line', (line) =>
    stdout.push(line),
  );
  return ended;
}

function run(
  env: Readonly<Record<string, string>>,
  { openFiles, fileBlocks }: ProcessLimits = {},
  stdoutFd?: number,
) {
  const limits = [
    // Node raises its soft limit to the hard one: both are set here.
    openFiles === undefined ? '' : `ulimit -n ${openFiles};`,
    fileBlocks === undefined ? '' : `ulimit -f ${fileBlocks};`,
  ].join('');
  // `exec` keeps the process id.
  const [command, ...args] =
    limits === ''
      ? [process.execPath, ...startCommand.flags, main]
      : ['/bin/sh', '-c', `${limits} exec "$0" "$@"`, process.execPath, ...startCommand.flags, main];
  const child = spawn(command, args, {
    env: { ...startCommand.env, ...env },
    stdio: ['ignore', stdoutFd ?? 'pipe', 'pipe'],
  });
  const stdout: string[] = [];
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // `close`, not `exit`: by then all its output was read.
  const ended = once(child, 'close').then(([code, signal]): ProcessEnd => ({ code, signal, stdout, stderr }));
  return { child, stdout, ended };
}
