/** What the page uses of a browser's storage. */
export type TextStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'clear' | 'length'>;

/**
 * The browser's storage. What it does not take, since it is full or the person forbids it, lasts as long as the page.
 * Never throws.
 */
export function browserStorage(open: () => TextStorage = () => localStorage): TextStorage {
  const storage = allowed(open);
  const texts = new Map<string, string>();
  return {
    getItem: (key) => texts.get(key) ?? storage?.getItem(key) ?? null,
    setItem(key, value) {
      texts.set(key, value);
      try {
        storage?.setItem(key, value);
        if (storage) texts.delete(key);
      } catch {
        // It stays in `texts`.
      }
    },
    removeItem(key) {
      texts.delete(key);
      storage?.removeItem(key);
    },
    clear() {
      texts.clear();
      storage?.clear();
    },
    get length() {
      return texts.size + (storage?.length ?? 0);
    },
  };
}

function allowed(open: () => TextStorage): TextStorage | undefined {
  try {
    const storage = open();
    storage.getItem('');
    return storage;
  } catch {
    return undefined;
  }
}
