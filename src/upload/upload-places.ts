/** Places for uploads, which bound how many run at once. */
export interface UploadPlaces {
  readonly max: number;
  readonly maxPerCredential: number;
  taken(): number;
  /**
   * Takes a place. Returns what gives it back, which may be called twice. `undefined`: all places are taken,
   * or all that this token may have.
   */
  take(token: string): (() => void) | undefined;
}

/** Counts the places of this process. Holds nothing to close. */
export function createUploadPlaces({
  max,
  maxPerCredential = max,
}: {
  readonly max: number;
  /** Default: as many as there are. */
  readonly maxPerCredential?: number;
}): UploadPlaces {
  let taken = 0;
  const takenBy = new Map<string, number>();

  function count(token: string, change: 1 | -1): void {
    taken += change;
    const left = (takenBy.get(token) ?? 0) + change;
    if (left > 0) takenBy.set(token, left);
    else takenBy.delete(token);
  }

  return {
    max,
    maxPerCredential,
    taken: () => taken,
    take(token) {
      if (taken >= max || (takenBy.get(token) ?? 0) >= maxPerCredential) return undefined;
      count(token, 1);
      let isTaken = true;
      return () => {
        if (isTaken) count(token, -1);
        isTaken = false;
      };
    },
  };
}
