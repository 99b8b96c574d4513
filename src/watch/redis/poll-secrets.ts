import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Names the polls of a credential, and seals them, in a store that others can read and write. */
export interface PollSecrets {
  /** Names the credential in the store. Leads neither to `Credential.id` nor to the sealing key. */
  readonly name: string;
  /** Encrypts a text and binds it to its place, so that it opens nowhere else. */
  seal(text: string, place: string): string;
  /** `undefined` for what this credential did not seal for this place. */
  open(sealed: string, place: string): string | undefined;
}

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** Derives both from `Credential.id`, which itself must never reach the store: who has it can open everything. */
export function createPollSecrets(credentialId: string): PollSecrets {
  const derive = (use: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', credentialId, 'capillary-upload-gateway', use, bytes));
  const key = derive('seal', 32);
  return {
    name: derive('name', 16).toString('base64url'),
    seal(text, place) {
      const iv = randomBytes(ivBytes);
      const sealing = createCipheriv(cipher, key, iv).setAAD(Buffer.from(place));
      const sealed = [iv, sealing.update(text, 'utf8'), sealing.final(), sealing.getAuthTag()];
      return Buffer.concat(sealed).toString('base64');
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, 'base64');
      const end = bytes.length - tagBytes;
      if (end < ivBytes) return undefined;
      const opening = createDecipheriv(cipher, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
      opening.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(end));
      try {
        return Buffer.concat([opening.update(bytes.subarray(ivBytes, end)), opening.final()]).toString();
      } catch {
        return undefined;
      }
    },
  };
}
