/**
 * How watching polls unless told otherwise: from an interval of 1 s after a change up to 15 s while nothing changes, and
 * 60 polls of one credential in any minute, which leaves room for other calls on Capillary's demo clusters.
 */
export const pollDefaults = { minIntervalMs: 1_000, maxIntervalMs: 15_000, budgetPerMinute: 60 } as const;
