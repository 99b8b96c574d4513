/** Counts per key. A key whose count is 0 takes no memory. */
export interface Tally {
  count(key: string): number;
  /** Adds one. Call what it returns, once, to take it off again. */
  enter(key: string): () => void;
}

/** All counts begin at 0. */
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
