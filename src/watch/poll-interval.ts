/** How often one loop polls. Milliseconds. */
export interface PollInterval {
  currentMs(): number;
  /** The time to the next poll after one that brought something new, or did not. */
  next(isLively: boolean): number;
  /** Back to the shortest. */
  shorten(): void;
}

/** What the interval is multiplied with while nothing changes. */
const patience = 1.5;

/** From `minMs`, where every change brings it back to, up to `maxMs`; with a jitter of a tenth that leaves neither bound. */
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
