/** What Yoga asks of a cache: values by the text of their document. */
export interface DocumentCache<T> {
  get(text: string): T | undefined;
  set(text: string, value: T): void;
}

/**
 * Keeps what was made of the documents used last, as long as their texts have `maxCharacters` together (default 200,000,
 * hundreds of documents as clients write them). Yoga's own keeps 1,024 however long they are: parsed, the longest that the
 * limits let through have megabytes each.
 */
export function createDocumentCache<T>(maxCharacters = 200_000): DocumentCache<T> {
  // A Map lists its entries as they came: the first is the one that was not used for longest.
  const kept = new Map<string, T>();
  let characters = 0;

  function drop(text: string): void {
    if (kept.delete(text)) characters -= text.length;
  }

  return {
    get(text) {
      const value = kept.get(text);
      if (value === undefined) return undefined;
      kept.delete(text);
      kept.set(text, value);
      return value;
    },
    set(text, value) {
      drop(text);
      if (text.length > maxCharacters) return;
      for (const oldest of kept.keys()) {
        if (characters + text.length <= maxCharacters) break;
        drop(oldest);
      }
      kept.set(text, value);
      characters += text.length;
    },
  };
}
