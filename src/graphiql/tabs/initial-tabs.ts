import type { Example } from '../examples/examples.ts';
import type { LinkedOperation } from './linked-operation.ts';
import type { TabState, TabsState } from './tab-state.ts';

/**
 * The tabs to begin with: those of the last visit, else the examples. A linked operation comes in a tab of
 * its own, in front.
 */
export function initialTabs(
  kept: TabsState | undefined,
  examples: readonly Example[],
  link: LinkedOperation | undefined,
): TabsState {
  const state = kept ?? {
    activeTabIndex: 0,
    tabs: examples.map(({ query, variables, name }) => tab(query, variables, name)),
  };
  if (!link) return state;
  const same = state.tabs.findIndex(
    ({ query, variables }) => query === link.query && (variables ?? '') === link.variables,
  );
  if (same >= 0) return { ...state, activeTabIndex: same };
  return { activeTabIndex: state.tabs.length, tabs: [...state.tabs, tab(link.query, link.variables)] };
}

function tab(query: string, variables: string, title = ''): TabState {
  return {
    // Not `randomUUID`, which a page has only with TLS.
    id: crypto.getRandomValues(new Uint32Array(3)).join('-'),
    title: title || '<untitled>',
    query,
    variables,
    headers: null,
    operationName: title || null,
    response: null,
  };
}
