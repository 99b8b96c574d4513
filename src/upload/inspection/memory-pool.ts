import { clearBlockMemory, createBlockMemory } from './block-ring.ts';

/**
 * Lends the memory of one file to the next. For a new one V8 sets some 10 GiB of addresses aside, and gives them back when it
 * happens to collect garbage: thousands of small files would have taken terabytes by then.
 */
export interface MemoryPool {
  /** A memory in which there is nothing. */
  take(): WebAssembly.Memory;
  /** Takes back a memory that nobody reads or writes any more. */
  giveBack(memory: WebAssembly.Memory): void;
}

/** Keeps so many memories for later, each of which holds up to 1.1 MiB. Default 16. */
export function createMemoryPool(maxKept = 16): MemoryPool {
  const kept: WebAssembly.Memory[] = [];

  return {
    take: () => kept.pop() ?? createBlockMemory(),
    giveBack(memory) {
      if (kept.length === maxKept) return;
      clearBlockMemory(memory);
      kept.push(memory);
    },
  };
}
