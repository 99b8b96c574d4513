/** Where things stand in the row kernel's memory, in bytes. */
export const kernelMemory = {
  /** One byte a column: its rule, and `codeColumn`. Files with more columns are left to the row reader. */
  rules: 0,
  maxColumns: 256,
  /** The hash's seed, 64 bits. */
  seed: 256,
  /** Where the last call stopped. */
  stoppedAt: 264,
  /** How many faults the rows of the last call had. */
  wrong: 268,
  /** The bytes to scan. What is read past their end does not matter, but it must be there to read. */
  input: 1024,
  inputBytes: 65_536,
  /** The hash of each row's code, 64 bits; 0 where there is none. */
  hashes: 67_072,
  maxRows: 8192,
  /** A text to hash. */
  text: 132_608,
  textBytes: 32_768,
  pages: 3,
} as const;

/** The kernel's numbers for the rules of cells, and for a column that has none. */
export const kernelRules = { none: 0, text: 1, email: 2, mobile: 3, number: 4, epochMillis: 5 } as const;

/** Added to the rule of the column whose codes are hashed. */
export const codeColumn = 0x80;
