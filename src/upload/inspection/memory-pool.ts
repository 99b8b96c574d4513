import { clearBlockMemory, createBlockMemory } from './block-ring.ts';

/**
 * Passes the memory of one file on to the next. For each new memory V8 reserves some 10 GiB of addresses, and frees
 * them only when it happens to collect garbage: by then thousands of small files would have taken terabytes.
 */
export interface MemoryPool {
  /** A memory with nothing in it. */
  take(): WebAssembly.Memory;
  /** Takes back a memory that nobody reads or writes any more. */
  giveBack(memory: WebAssembly.Memory): void;
}

const maxKept = 16;

/** Keeps up to 16 memories for later, each of which holds up to 1.1 MiB. */
export function createMemoryPool(): MemoryPool {
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
