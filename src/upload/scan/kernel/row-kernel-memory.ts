/** Where things are in a row kernel's memory, in bytes. From 280 to 1024 it belongs to the memory's owner. */
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
  /** The number of the last row of the last call whose code JavaScript has to hash; 0 for none. */
  unhashed: 272,
  /** The number of line ends within the cells of the last row of the last call. */
  lineEnds: 276,
  /**
   * The hash of each row's code, 64 bits; 0 where there is none. For an unhashed code: in the lower half where it
   * stands, and in the upper half its length and, shifted by `unhashedShift`, the number of the unhashed row before it.
   */
  hashes: 1024,
  maxRows: 8192,
  /** A text to hash. */
  text: 66_560,
  textBytes: 32_768,
  /** The bytes to scan, up to the memory's end. */
  input: 99_328,
} as const;

/** How many bits the length of an unhashed code has. */
export const unhashedShift = 6;

/** The kernel's numbers for the rules of cells, and for a column that has none. */
export const kernelRules = { none: 0, text: 1, email: 2, mobile: 3, number: 4, epochMillis: 5 } as const;

/** Added to the rule of the column whose codes are hashed. */
export const codeColumn = 0x80;

const pageBytes = 65_536;
/** What is read past the bytes to scan does not matter, but there must be something to read. */
const readPast = 128;

/**
 * Memory for one kernel with room for `inputBytes` to scan. It is shared, since another thread may fill it.
 * Only what is written to costs memory.
 */
export function createKernelMemory(inputBytes = 65_536): WebAssembly.Memory {
  const pages = Math.ceil((kernelMemory.input + inputBytes + readPast) / pageBytes);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

/** The room for bytes to scan in a memory made by `createKernelMemory`. */
export function kernelInputBytes(memory: WebAssembly.Memory): number {
  return memory.buffer.byteLength - kernelMemory.input - readPast;
}
