import type { Store } from './create-store.ts';
import type { ExplorerState } from './explorer-state.ts';
import type { KeptValues } from './kept-values.ts';

/** What can be done with the token. */
export interface TokenActions {
  /** The next request will send it. */
  readonly setToken: (token: string) => void;
  /** The person has finished typing: what is watched starts anew with this token. */
  readonly commitToken: () => void;
  readonly setTokenKept: (isKept: boolean) => void;
}

/** What the token field does. The token reaches the storage only while it is to be kept. */
export function tokenActions(
  store: Store<ExplorerState>,
  kept: KeptValues,
  onCommit: () => void,
): TokenActions {
  let committed = store.get().token;
  return {
    setToken(token) {
      store.set({ token: token.trim() });
    },
    commitToken() {
      const { token, isTokenKept } = store.get();
      if (token === committed) return;
      committed = token;
      if (isTokenKept) kept.write('token', token);
      onCommit();
    },
    setTokenKept(isTokenKept) {
      store.set({ isTokenKept });
      kept.write('token', isTokenKept ? store.get().token : null);
    },
  };
}
