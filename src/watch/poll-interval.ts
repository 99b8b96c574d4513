/** How often one loop polls. Milliseconds. */
export interface PollInterval {
  currentMs(): number;
  /** The time to the next poll. `isLively`: the last one brought something new. */
  next(isLively: boolean): number;
  /** Goes back to the shortest interval. */
  shorten(): void;
}

/** The interval is multiplied by this while nothing changes. */
const patience = 1.5;

/**
 * Begins at `minMs`, to which every change brings it back, and grows to `maxMs`. A jitter of a tenth never
 * leaves these bounds.
 */
export function createPollInterval(options: {
  readonly minMs: number;
  readonly maxMs: number;
  readonly random: () => number;
}): PollInterval {
  const { minMs, maxMs, random } = options;
  let currentMs = minMs;
  return {
    currentMs: () => currentMs,
    next(isLively) {
      currentMs = isLively ? minMs : Math.min(maxMs, currentMs * patience);
      // The middle keeps away from both bounds: cut off there, half of all loops would poll in step.
      const middleMs = Math.max(minMs / 0.9, Math.min(maxMs / 1.1, currentMs));
      return Math.min(maxMs, middleMs * (0.9 + 0.2 * random()));
    },
    shorten() {
      currentMs = minMs;
    },
  };
}
