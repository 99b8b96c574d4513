/** Counts what there is of each key, and keeps nothing of a key of which there is nothing. */
export interface Tally {
  count(key: string): number;
  /** One more. To be undone by calling what it returns, once. */
  enter(key: string): () => void;
}

/** Begins with nothing of any key. */
export function createTally(): Tally {
  const counts = new Map<string, number>();
  const count = (key: string) => counts.get(key) ?? 0;
  return {
    count,
    enter(key) {
      counts.set(key, count(key) + 1);
      return () => {
        const left = count(key) - 1;
        if (left > 0) counts.set(key, left);
        else counts.delete(key);
      };
    },
  };
}
