import { createHash } from 'node:crypto';

/** As the gateway and the sandbox tell it: in hexadecimal. */
export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
