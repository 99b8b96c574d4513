/** What the page uses of a browser's storage. */
export type TextStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'clear' | 'length'>;

/** The browser's storage; where the person forbids it, one that lasts as long as the page. */
export function browserStorage(open: () => TextStorage = () => localStorage): TextStorage {
  try {
    const storage = open();
    storage.getItem('');
    return storage;
  } catch {
    const texts = new Map<string, string>();
    return {
      getItem: (key) => texts.get(key) ?? null,
      setItem: (key, value) => void texts.set(key, value),
      removeItem: (key) => void texts.delete(key),
      clear: () => texts.clear(),
      get length() {
        return texts.size;
      },
    };
  }
}
