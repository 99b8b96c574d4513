import type { Span } from '../observe/span.ts';

/** Who calls upstream, without telling how the token is come by. */
export interface Credential {
  /**
   * SHA-256 of the secret behind this credential, in hex. The key of everything that is shared or cached:
   * two callers share an answer only when this is equal. Never logged.
   */
  readonly id: string;
  /** Whether a refused token can be renewed. False for a token that the caller brought. */
  readonly renewable: boolean;
  /**
   * A token that is valid now, as far as we know. Rejects with `CapillaryError` `UNAUTHENTICATED`. A call that is made
   * for it belongs to `span`; of several who wait for one call, to the first one's.
   */
  token(signal: AbortSignal, span?: Span): Promise<string>;
  /**
   * Called with the very token that upstream refused (401 or 498). Resolves to a newer token, or to
   * `undefined` when there is nothing to renew, as with a token that the caller brought.
   */
  renew(refusedToken: string, signal: AbortSignal, span?: Span): Promise<string | undefined>;
}
