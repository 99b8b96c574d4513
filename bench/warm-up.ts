import { type SendFile, sendFile } from './send-file.ts';

const files = 16;
const bytes = 64 * 1024 ** 2;

/**
 * Sends files one after another, until the server's code is compiled as it stays: V8 goes on optimising it for the first
 * GiB, and what is made anew for each file is compiled again for the second and the third.
 */
export async function warmUp(upload: Omit<SendFile, 'bytes'>): Promise<void> {
  for (let sent = 0; sent < files; sent += 1) await sendFile({ ...upload, bytes });
}
