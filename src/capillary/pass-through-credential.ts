import { createHash } from 'node:crypto';
import { CapillaryError } from './capillary-error.ts';
import type { Credential } from './credential.ts';
import { asId, asRecord, parseJson } from './lenient-json.ts';

/**
 * The credential of a caller who brought a token: it is passed on as it is and cannot be renewed. `token()` rejects
 * with `UNAUTHENTICATED` when the text cannot stand in an HTTP header (visible ASCII, at most 16 KiB).
 */
export function passThroughCredential(token: string): Credential {
  return {
    renewable: false,
    orgId: claimedOrgId(token),
    id: createHash('sha256').update(`caller\0${token}`).digest('hex'),
    async token(signal) {
      signal.throwIfAborted();
      // Over WebSocket a token is any JSON string: a line break in it would otherwise surface as a bug of ours.
      if (!/^[\x21-\x7e]{1,16384}$/.test(token)) {
        throw new CapillaryError(
          'UNAUTHENTICATED',
          'The access token is empty or contains spaces or other characters that no token has. In x-cap-api-oauth-token, send it without "Bearer".',
        );
      }
      return token;
    },
    renew: async () => undefined,
  };
}

/** The `org_id` in the payload of a JWT (upstream contract, section 3); `''` for any other token. */
function claimedOrgId(token: string): string {
  const [, payload = ''] = token.split('.', 2);
  return asId(asRecord(parseJson(Buffer.from(payload, 'base64url').toString()))?.['org_id']) ?? '';
}
