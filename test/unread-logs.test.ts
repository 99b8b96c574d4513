import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from './support/free-port.ts';
import { startUnreadProcess } from './support/gateway-process.ts';
import { upload } from './support/graphql-client.ts';

// These tests run what `npm run build` made.

const places = [
  { where: 'on a disk that is full', open: () => [openSync('/dev/full', 'w')] },
  { where: 'into a pipe that is full and that nobody reads', open: openFullPipe },
] as const;

test.each(places)('Log lines that go $where keep nobody waiting, and end nothing', async ({ open }) => {
  const fds = open();
  await using gateway = await startUnreadProcess(await freePort(), fds[0] as number);
  const { data } = await upload(gateway.url);
  expect(data.uploadCouponBatch.__typename).toBe('UploadAccepted');
  gateway.kill('SIGTERM');
  const { code, stderr } = await gateway.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const fd of fds) closeSync(fd);
});

/** Its writing end, as a shell hands it to a program; and the other one, which keeps it open. */
function openFullPipe(): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'full-pipe-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const reading = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const writing = openSync(path, constants.O_WRONLY);
  expect(() => {
    for (;;) writeSync(reading, Buffer.alloc(4_096));
  }).toThrow('EAGAIN');
  rmSync(folder, { recursive: true });
  return [writing, reading];
}
