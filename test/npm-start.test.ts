import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { createSandbox } from '../src/sandbox/create-sandbox.ts';
import { upload } from './support/graphql-client.ts';

interface LogLine {
  readonly msg: string;
  readonly url: string;
}

/** Starts it as a terminal does, in a group of its own; `onLine` hears what the gateway logs. */
function startNpm(env: Record<string, string>, onLine: (line: LogLine, npm: ChildProcess) => void) {
  // Built by now; the script itself is what is tried here.
  const npm = spawn('npm', ['start', '--ignore-scripts'], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  createInterface(npm.stdout).on('line', (line) => {
    if (line.startsWith('{')) onLine(JSON.parse(line), npm);
  });
  return npm;
}

test('One Ctrl-C at npm start, which npm hands on to the gateway once more, lets an upload finish', async () => {
  await using sandbox = await createSandbox();
  sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'latency', ms: 1_500 } });
  const messages: string[] = [];
  let ready: (url: string) => void = () => {};
  const url = new Promise<string>((resolve) => (ready = resolve));
  const npm = startNpm({ COUPON_API_URL: sandbox.url }, (line) => {
    messages.push(line.msg);
    if (line.msg === 'ready') ready(line.url);
  });
  const closed = once(npm, 'close');
  const answer = upload(await url);
  await sandbox.received(1);
  // To the whole group, as a terminal sends it.
  process.kill(-(npm.pid as number), 'SIGINT');
  expect((await answer).data.uploadCouponBatch.__typename).toBe('UploadAccepted');
  await closed;
  // Where npm was quick both signals come as one, and 'shutting down already' is never said.
  expect(messages).toEqual(expect.arrayContaining(['shutting down', 'stopped']));
});

test('SIGTERM to npm start reaches the gateway, which ends with code 0', async () => {
  const messages: string[] = [];
  const npm = startNpm({}, ({ msg }, started) => {
    messages.push(msg);
    if (msg === 'ready') started.kill('SIGTERM');
  });
  expect(await once(npm, 'close')).toEqual([0, null]);
  expect(messages).toEqual(['ready', 'shutting down', 'stopped']);
});
