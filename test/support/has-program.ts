import { spawnSync } from 'node:child_process';

/** Whether tests with this program can run: without it they are skipped, and a line says so, except in CI, where they fail. */
export function hasProgram(name: string, args: readonly string[] = ['--version']): boolean {
  const found = spawnSync(name, args).status === 0;
  if (!found && !process.env['CI']) process.stdout.write(`${name} is not installed: its tests are skipped\n`);
  return found || Boolean(process.env['CI']);
}
