import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { createShareInFlight } from '../flow/share-in-flight.ts';
import type { Span } from '../span.ts';
import { callUpstream } from './call-upstream.ts';
import type { Credential } from './credential.ts';
import { readToken } from './read-token.ts';
import { type RetryOptions, retryReads } from './retry-reads.ts';
import { tokenPath, upstreamUrl } from './upload-calls.ts';
import { type OnCall, withinUpstreamCall } from './upstream-call.ts';

/** What the gateway needs to fetch tokens for itself. */
export interface OwnCredentialOptions {
  readonly key: string;
  readonly secret: string;
  readonly tokenApiUrl: string;
  readonly dispatcher: Dispatcher;
  /** For one call of the token endpoint. */
  readonly timeoutMs: number;
  /** Default as `retryReads` has it: asking for a token changes nothing upstream. */
  readonly retry?: RetryOptions | undefined;
  /** A monotonic clock, in milliseconds. */
  readonly now?: (() => number) | undefined;
  /** Hears of each call of the token endpoint. Default: nobody. */
  readonly onCall?: OnCall | undefined;
}

/**
 * The gateway's own credential: fetches tokens with key and secret (upstream contract, section 3). All who need a
 * token at the same time share one call; it is renewed 30 s, or a tenth of its life if that is less, before its end.
 * Rejects with `CapillaryError`: `UNAUTHENTICATED` for a wrong key or secret. A failure is not remembered.
 * Holds no timer and nothing to close.
 */
export function createOwnCredential(options: OwnCredentialOptions): Credential {
  const { key, secret, tokenApiUrl, dispatcher, timeoutMs, retry, onCall } = options;
  const { now = () => performance.now() } = options;
  const inFlight = createShareInFlight<string>();
  let current: { readonly token: string; readonly renewAtMs: number } | undefined;

  async function fetchToken(signal: AbortSignal, span: Span | undefined): Promise<string> {
    // The lifetime counts from before the call: a token ages while it is on its way.
    const askedAtMs = now();
    const call = { call: 'token', method: 'POST', route: tokenPath, span, onCall } as const;
    const { token, ttlSeconds } = await withinUpstreamCall(call, async ({ headers, answered }) => {
      const answer = await callUpstream({
        url: upstreamUrl(tokenApiUrl, tokenPath),
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ key, secret }),
        maxBodyBytes: 1024 * 1024,
        secrets: [key, secret],
        dispatcher,
        timeoutMs,
        signal,
      });
      answered(answer.status);
      return readToken(answer);
    });
    const ttlMs = ttlSeconds * 1000;
    current = { token, renewAtMs: askedAtMs + ttlMs - Math.min(30_000, ttlMs / 10) };
    return token;
  }

  async function token(signal: AbortSignal, span?: Span): Promise<string> {
    signal.throwIfAborted();
    if (current !== undefined && now() < current.renewAtMs) return current.token;
    return inFlight.share('token', signal, (shared) =>
      retryReads(() => fetchToken(shared, span), { ...retry, signal: shared }),
    );
  }

  return {
    renewable: true,
    // All callers have the same.
    orgId: '',
    id: createHash('sha256').update(`own\0${key}\0${secret}\0${tokenApiUrl}`).digest('hex'),
    token,
    async renew(refusedToken, signal, span) {
      if (current?.token === refusedToken) current = undefined;
      const newer = await token(signal, span);
      // The endpoint may return the same token again, which was refused already.
      return newer === refusedToken ? undefined : newer;
    },
  };
}
