/** What Yoga wants of a cache: values by the text of their document. */
export interface DocumentCache<T> {
  get(text: string): T | undefined;
  set(text: string, value: T): void;
}

/**
 * Keeps the values of the documents used last, as long as their texts have at most `maxCharacters` together
 * (default 200,000, hundreds of documents as clients write them). Yoga's own cache keeps 1,024 documents,
 * however long: the longest that the limits let through take megabytes each when parsed.
 */
export function createDocumentCache<T>(maxCharacters = 200_000): DocumentCache<T> {
  // A Map keeps its entries in the order of insertion: the first one was unused for longest.
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
