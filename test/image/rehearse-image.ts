import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.ts';
import type { RehearsedImage } from './build-stages.ts';

const run = promisify(execFile);

/** What was seen of one start of an image's command. */
export interface Rehearsal {
  readonly healthyBefore: boolean;
  readonly healthyWhileUp: boolean;
  readonly healthyAfter: boolean;
  /** What `use` made of it. */
  readonly used: unknown;
  readonly exitCode: number | null;
  /** Files that its user could have changed. */
  readonly writable: readonly string[];
}

/**
 * Starts an image's CMD as its USER with its ENV, on a free port; runs its HEALTHCHECK before, while it is up and after its
 * STOPSIGNAL. `use` gets the address. Who is not root stays who he is.
 */
export async function rehearseImage(
  image: RehearsedImage,
  use: (url: string) => Promise<unknown>,
): Promise<Rehearsal> {
  const [uid, gid] = image.user.split(':').map(Number);
  const asUser = process.getuid?.() === 0 && uid !== undefined && gid !== undefined ? { uid, gid } : {};
  const { PATH } = process.env;
  const env = { ...image.env, PATH, PORT: String(await freePort()) };
  const options = { cwd: image.workingFolder, env, ...asUser };
  const [program = '', ...args] = image.command;
  const [probe = '', ...probeArgs] = image.healthcheck;
  const healthy = () =>
    run(probe, probeArgs, options).then(
      () => true,
      () => false,
    );

  const { stdout: writable } = await run('find', ['.', '-writable', '-not', '-type', 'l'], {
    ...options,
    maxBuffer: 64 * 1024 ** 2,
  });
  const healthyBefore = await healthy();
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  let used: unknown;
  let healthyWhileUp = false;
  for await (const line of createInterface(child.stdout)) {
    const { msg, url } = JSON.parse(line) as { msg: string; url: string };
    if (msg !== 'ready') continue;
    healthyWhileUp = await healthy();
    used = await use(url.replace('0.0.0.0', '127.0.0.1'));
    child.kill(image.stopSignal);
  }
  const [exitCode] = await exit;
  return {
    ...{ healthyBefore, healthyWhileUp, used, exitCode },
    healthyAfter: await healthy(),
    writable: writable.split('\n').filter(Boolean),
  };
}
