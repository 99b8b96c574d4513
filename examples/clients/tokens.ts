import { codeOf } from './gateway-failure.ts';

/** Where the clients get access tokens from. */
export interface Tokens {
  /** The token in use; fetches the first one. */
  current(): Promise<string>;
  /** A new one in place of the one that was refused. All who ask at the same time wait for the same one. */
  renew(): Promise<string>;
}

/** `fetchToken` asks your own backend: key and secret have no place in a browser. */
export function createTokens(fetchToken: () => Promise<string>): Tokens {
  let latest: Promise<string> | undefined;
  let renewing: Promise<string> | undefined;

  function renew(): Promise<string> {
    renewing ??= fetchToken().finally(() => {
      renewing = undefined;
    });
    latest = renewing;
    // A failure is for who asked now; who asks next tries again.
    latest.catch(() => {
      latest = undefined;
    });
    return renewing;
  }

  return { current: () => latest ?? renew(), renew };
}

/** Does what needs a token; when the gateway refuses it, once more with a new one. */
export async function withRenewal<T>(tokens: Tokens, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) !== 'UNAUTHENTICATED') throw error;
    await tokens.renew();
    return await work();
  }
}
