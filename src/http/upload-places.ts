/** How many uploads may be under way at once. */
export interface UploadPlaces {
  readonly max: number;
  taken(): number;
  /** Takes a place. The function returned leaves it, once. `undefined`: all are taken. */
  take(): (() => void) | undefined;
}

export function createUploadPlaces(max: number): UploadPlaces {
  let taken = 0;
  return {
    max,
    taken: () => taken,
    take() {
      if (taken >= max) return undefined;
      taken += 1;
      let isTaken = true;
      return () => {
        if (isTaken) taken -= 1;
        isTaken = false;
      };
    },
  };
}
