/** Counts per key. A key whose count is 0 takes no memory. */
export interface Tally {
  count(key: string): number;
  /** Of all keys together. */
  total(): number;
  /** Adds one. Returns what takes it off again, which may be called twice. */
  enter(key: string): () => void;
}

/** All counts begin at 0. */
export function createTally(): Tally {
  const counts = new Map<string, number>();
  const count = (key: string) => counts.get(key) ?? 0;
  let total = 0;

  function add(key: string, change: 1 | -1): void {
    total += change;
    const left = count(key) + change;
    if (left > 0) counts.set(key, left);
    else counts.delete(key);
  }

  return {
    count,
    total: () => total,
    enter(key) {
      add(key, 1);
      let entered = true;
      return () => {
        if (entered) add(key, -1);
        entered = false;
      };
    },
  };
}
