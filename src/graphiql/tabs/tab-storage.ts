import type { TextStorage } from '../state/browser-storage.ts';
import type { TabsState } from './tab-state.ts';

/** GraphiQL's key for its tabs. */
export const tabsKey = 'graphiql:tabState';

const panelWidthKey = 'graphiql:docExplorerFlex';

/**
 * The storage that GraphiQL gets. GraphiQL stores the text of the last used editors beside the tabs, and adds
 * a tab for a text that differs from all tabs (because a reload cut a debounce short): a new tab on each
 * reload. It also ignores the variables of the first default tab. So these texts are always read from the tab
 * in front, and never stored beside it.
 */
export function tabStorage(base: TextStorage, initial: TabsState): TextStorage {
  const front = initial.tabs[initial.activeTabIndex];
  const told = new Map([
    ['graphiql:query', front?.query ?? null],
    ['graphiql:variables', front?.variables ?? null],
    ['graphiql:headers', front?.headers ?? null],
  ]);
  base.setItem(tabsKey, JSON.stringify(initial));
  // The width of the panels, unless somebody moved the bar: GraphiQL's own is too narrow for tables.
  if (base.getItem(panelWidthKey) === null) base.setItem(panelWidthKey, '0.45');
  return {
    getItem: (key) => told.get(key) ?? base.getItem(key),
    setItem(key, value) {
      if (!told.has(key)) base.setItem(key, value);
    },
    removeItem: (key) => base.removeItem(key),
    clear: () => base.clear(),
    get length() {
      return base.length;
    },
  };
}
