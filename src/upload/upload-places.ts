import { createTally } from '../flow/tally.ts';

/** How many uploads may run at once: all together, and those of one credential. */
export interface UploadPlacesOptions {
  readonly max: number;
  readonly maxPerCredential: number;
}

/** Places for uploads, which bound how many run at once. */
export interface UploadPlaces extends UploadPlacesOptions {
  taken(): number;
  /**
   * Takes a place. Returns what gives it back, which may be called twice. `undefined`: all places are taken, or all
   * that this token may have.
   */
  take(token: string): (() => void) | undefined;
}

/** Counts the places of this process. Holds nothing to close. */
export function createUploadPlaces({ max, maxPerCredential }: UploadPlacesOptions): UploadPlaces {
  const taken = createTally();
  return {
    max,
    maxPerCredential,
    taken: taken.total,
    take(token) {
      if (taken.total() >= max || taken.count(token) >= maxPerCredential) return undefined;
      return taken.enter(token);
    },
  };
}
