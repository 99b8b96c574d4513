import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

test('SIGTERM to npm start reaches the gateway, which ends with code 0', { timeout: 60_000 }, async () => {
  // Built by now; the script itself is what is tried here.
  const npm = spawn('npm', ['start', '--ignore-scripts'], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const messages: string[] = [];
  const lines = createInterface(npm.stdout);
  const exit = once(npm, 'exit');
  for await (const line of lines) {
    if (!line.startsWith('{')) continue;
    const { msg } = JSON.parse(line) as { msg: string };
    messages.push(msg);
    if (msg === 'ready') npm.kill('SIGTERM');
  }
  expect(messages).toEqual(['ready', 'shutting down', 'stopped']);
  expect(await exit).toEqual([0, null]);
});
