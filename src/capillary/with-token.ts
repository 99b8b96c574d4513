import type { Span } from '../span.ts';
import { CapillaryError } from './capillary-error.ts';
import type { Credential } from './credential.ts';

/**
 * Makes a call with the credential's token. When upstream refuses the token (`UNAUTHENTICATED`), renews it and calls
 * once more, never a third time (upstream contract, section 3). Rejects as `call` does, or as the credential does.
 */
export async function withToken<T>(
  credential: Credential,
  { signal, span }: { readonly signal: AbortSignal; readonly span?: Span | undefined },
  call: (token: string) => Promise<T>,
): Promise<T> {
  const token = await credential.token(signal, span);
  try {
    return await call(token);
  } catch (error) {
    if (!(error instanceof CapillaryError) || error.code !== 'UNAUTHENTICATED') throw error;
    const newerToken = await credential.renew(token, signal, span);
    if (newerToken === undefined) throw error;
    return call(newerToken);
  }
}
