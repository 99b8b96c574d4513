import { randomBytes } from 'node:crypto';

/** A client of the token call. */
export interface SandboxClient {
  readonly key: string;
  readonly secret: string;
  readonly orgId: number;
  /** Default 300. */
  readonly ttlSeconds?: number | undefined;
}

/** What a token gives access to. Both uploads refuse a read-only one. */
export interface TokenScope {
  readonly orgId: number;
  readonly readOnly?: boolean | undefined;
}

/** What is known of a token. */
export type TokenState =
  | { readonly state: 'valid'; readonly scope: TokenScope }
  | { readonly state: 'expired'; readonly expiredMs: number }
  | { readonly state: 'unknown' };

/** How tests control the tokens that the token call issued. Tokens of the options never expire. */
export interface SandboxTokens {
  /** Issued tokens are expired from now on: code 498. */
  expireAll(): void;
  /** Issued tokens are unknown from now on: code 401. */
  revokeAll(): void;
}

/** The same, as the calls use it. */
export interface TokenStore extends SandboxTokens {
  /** `undefined` for a wrong key or secret. */
  issue(key: string, secret: string): { accessToken: string; ttlSeconds: number } | undefined;
  look(token: string | undefined): TokenState;
}

const maxIssued = 10_000;

/** Tokens look like JWTs (RS256), but their signature is random: they are looked up, never verified. */
export function createTokenStore(
  clients: readonly SandboxClient[],
  fixed: Readonly<Record<string, TokenScope>>,
  now: () => number,
): TokenStore {
  const issued = new Map<string, { scope: TokenScope; endMs: number }>();

  function issue(key: string, secret: string): { accessToken: string; ttlSeconds: number } | undefined {
    const client = clients.find((one) => one.key === key && one.secret === secret);
    if (client === undefined) return undefined;
    const { orgId, ttlSeconds = 300 } = client;
    const endMs = now() + ttlSeconds * 1000;
    const accessToken = jwtShaped({
      org_id: orgId,
      client_id: 1 + clients.indexOf(client),
      client_key: key,
      iat: Math.floor(now() / 1000),
      exp: Math.floor(endMs / 1000),
    });
    issued.set(accessToken, { scope: { orgId }, endMs });
    const oldest = issued.keys().next();
    if (issued.size > maxIssued && !oldest.done) issued.delete(oldest.value);
    return { accessToken, ttlSeconds };
  }

  function look(token: string | undefined): TokenState {
    if (token === undefined) return { state: 'unknown' };
    if (Object.hasOwn(fixed, token)) return { state: 'valid', scope: fixed[token] as TokenScope };
    const found = issued.get(token);
    if (found === undefined) return { state: 'unknown' };
    if (found.endMs <= now()) return { state: 'expired', expiredMs: found.endMs };
    return { state: 'valid', scope: found.scope };
  }

  return {
    issue,
    look,
    expireAll: () => {
      for (const token of issued.values()) token.endMs = Math.min(token.endMs, now());
    },
    revokeAll: () => issued.clear(),
  };
}

function jwtShaped(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${randomBytes(256).toString('base64url')}`;
}
