import { setTimeout as sleep } from 'node:timers/promises';
import type { RawConnection } from '../support/raw-connection.ts';

/**
 * Sends a byte each second until all are sent, the signal aborts, or the connection takes no more. Resolves to how many
 * were sent.
 */
export async function trickle(
  connection: RawConnection,
  bytes: Buffer,
  signal?: AbortSignal,
): Promise<number> {
  for (let sent = 0; sent < bytes.length; sent += 1) {
    await sleep(1_000, undefined, { signal }).catch(() => {});
    if (signal?.aborted || !connection.socket.writable) return sent;
    await connection.write(bytes.subarray(sent, sent + 1)).catch(() => {});
  }
  return bytes.length;
}
