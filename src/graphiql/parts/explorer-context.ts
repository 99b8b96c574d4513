import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Explorer } from '../state/create-explorer.ts';
import type { ExplorerState } from '../state/explorer-state.ts';

/** Hands the explorer down to every part of the page. */
export const ExplorerContext = createContext<Explorer | null>(null);

/** The explorer. Throws outside its context, which is a bug of this page. */
export function useExplorer(): Explorer {
  const explorer = useContext(ExplorerContext);
  if (!explorer) throw new Error('There is no ExplorerContext above this part.');
  return explorer;
}

/** One value of the shared state; the component is drawn again when it changes. */
export function useShared<Name extends keyof ExplorerState>(name: Name): ExplorerState[Name] {
  const { store } = useExplorer();
  return useSyncExternalStore(store.subscribe, () => store.get()[name]);
}
