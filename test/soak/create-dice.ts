/** Chance that a seed repeats. */
export interface Dice {
  /** A whole number from 0 to below `sides`. */
  roll(sides: number): number;
  /** True in so many of a hundred cases. */
  isIn(percent: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** A small generator of 32 bits (mulberry32). The same seed gives the same rolls; who rolls when is up to the machine. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const roll = (sides: number) => Math.floor(next() * sides);
  return {
    roll,
    isIn: (percent) => roll(100) < percent,
    pick: (from) => from[roll(from.length)] as (typeof from)[number],
  };
}
