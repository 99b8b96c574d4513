/** The editor's tabs as GraphiQL keeps them in its storage. */
export interface TabsState {
  readonly activeTabIndex: number;
  readonly tabs: readonly TabState[];
}

/** One tab of the editor. */
export interface TabState {
  readonly id: string;
  readonly title: string;
  readonly query: string | null;
  readonly variables: string | null;
  readonly headers: string | null;
  readonly operationName: string | null;
  readonly response: null;
}

/** Reads what the storage holds; `undefined` for anything that is not tabs. */
export function readTabs(text: string | null): TabsState | undefined {
  try {
    const state = JSON.parse(text ?? '') as TabsState;
    const isWhole = state.tabs.length > 0 && state.tabs.every(({ id }) => typeof id === 'string');
    return isWhole && state.tabs[state.activeTabIndex] ? state : undefined;
  } catch {
    return undefined;
  }
}
