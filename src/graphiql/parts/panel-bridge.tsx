import { pick, useGraphiQL } from '@graphiql/react';
import { useEffect } from 'react';
import { useExplorer, useShared } from './explorer-context.ts';

/** Draws nothing. Tells the explorer which tab is in front, and opens the panel that it wants. */
export function PanelBridge() {
  const { store } = useExplorer();
  const { tabs, activeTabIndex, visiblePlugin } = useGraphiQL(
    pick('tabs', 'activeTabIndex', 'visiblePlugin'),
  );
  const tab = tabs[activeTabIndex]?.id ?? '';
  useEffect(() => store.set({ tab }), [store, tab]);

  const wanted = useShared('wantedPanel');
  const shown = visiblePlugin?.title;
  useEffect(() => {
    if (!wanted) return;
    store.set({ wantedPanel: null });
    if (wanted.title === shown) return;
    const panel = document.querySelector('.graphiql-plugin');
    const hadFocus = panel?.contains(document.activeElement);
    // GraphiQL's own action would not unfold a panel that the person has folded away; its button does.
    document.querySelector<HTMLButtonElement>(`[aria-label="Show ${wanted.title}"]`)?.click();
    if (hadFocus) requestAnimationFrame(() => panel?.querySelector<HTMLElement>('h2')?.focus());
  }, [store, wanted, shown]);
  return null;
}
