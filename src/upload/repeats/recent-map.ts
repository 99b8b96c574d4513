/** A map that forgets its oldest entries. */
export interface RecentMap<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
}

/** Holds the `maxSize` that were set last. */
export function createRecentMap<T>(maxSize: number): RecentMap<T> {
  const entries = new Map<string, T>();
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      const [oldest] = entries.keys();
      if (entries.size > maxSize && oldest !== undefined) entries.delete(oldest);
    },
  };
}
