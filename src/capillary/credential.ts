import type { Span } from '../span.ts';

/** An identity that calls upstream, however its token is obtained. */
export interface Credential {
  /**
   * SHA-256 of the secret behind this credential, in hex. The key of everything that is shared or cached:
   * two callers share an answer only when this is equal. Never logged.
   */
  readonly id: string;
  /**
   * The organisation that the token names, or `''`. Unverified: good for keeping callers apart, never for letting one in.
   */
  readonly orgId: string;
  /** Whether a refused token can be renewed. False for a token that the caller brought. */
  readonly renewable: boolean;
  /**
   * A token that is valid now, as far as we know. Rejects with `CapillaryError` `UNAUTHENTICATED`. If a call is made to
   * get it, that call belongs to `span`; of several callers who wait for one call, to the span of the first.
   */
  token(signal: AbortSignal, span?: Span): Promise<string>;
  /**
   * Called with the very token that upstream refused (401 or 498). Resolves to a newer token, or to
   * `undefined` when there is nothing to renew, as with a token that the caller brought.
   */
  renew(refusedToken: string, signal: AbortSignal, span?: Span): Promise<string | undefined>;
}
