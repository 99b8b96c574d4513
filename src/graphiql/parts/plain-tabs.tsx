import { useEffect } from 'react';

/**
 * Draws nothing. Turns GraphiQL's tabs into a plain list of buttons: it gives the role of a tab to an item
 * that holds two buttons, one to open it and one to close it, which a screen reader then cannot reach.
 */
export function PlainTabs() {
  useEffect(() => {
    const list = document.querySelector('.graphiql-tabs');
    if (!list) return;
    const observer = new MutationObserver(() => mend(list));
    mend(list);
    observer.observe(list, { childList: true, subtree: true, attributeFilter: ['aria-selected', 'role'] });
    return () => observer.disconnect();
  }, []);
  return null;
}

function mend(list: Element): void {
  list.removeAttribute('role');
  for (const item of list.querySelectorAll('.graphiql-tab')) {
    item.removeAttribute('role');
    item.removeAttribute('aria-selected');
    const isFront = item.classList.contains('graphiql-tab-active');
    item.querySelector('.graphiql-tab-button')?.setAttribute('aria-current', String(isFront));
  }
}
