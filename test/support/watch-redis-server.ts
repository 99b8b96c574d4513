import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';
import { hasProgram } from './has-program.ts';

/** Whether these tests can run: without the program they are skipped, except in CI, where they fail. */
export function hasRedisServer(): boolean {
  return hasProgram('redis-server');
}

/** A Redis server of our own that keeps nothing on disk. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>;
  /** Ends it without notice. */
  kill(): Promise<void>;
  /** Lets it hang, its connections open. */
  pause(): void;
  resume(): void;
}

export async function startRedisServer(): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'watch-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;

  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory];
      child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] });
      const { stdout } = child;
      if (!stdout) throw new Error('no output to read');
      const lines = createInterface({ input: stdout });
      await new Promise<void>((resolve, reject) => {
        lines.on('line', (line) => line.includes('Ready to accept connections') && resolve());
        child?.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
      });
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await server.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
