import { createKernelMemory, kernelMemory } from '../scan/kernel/row-kernel-memory.ts';

/**
 * Bytes of one block. A row that goes on in the next block is read the slow way: with smaller blocks there
 * are more of these.
 */
export const blockBytes = 128 * 1024;
/** Enough that neither thread waits for the other. */
export const blockCount = 8;

/**
 * Where the ring's words are in the kernel's memory, from this byte on; each side writes to a cache line of its own.
 */
const words = { byteOffset: 512, sent: 0, taken: 1, wanted: 2, lengths: 4, scanned: 16, marks: 20 } as const;

/** Memory for one file at a time: for the kernel of its scan, and for the blocks, which are scanned in place. */
export function createBlockMemory(): WebAssembly.Memory {
  return createKernelMemory(blockCount * blockBytes);
}

/** Resets a memory to how it was when new: nothing of a file is left. Neither thread may be using it. */
export function clearBlockMemory(memory: WebAssembly.Memory): void {
  const { sent } = openBlockRing(memory);
  // Of the block after the last one sent, some bytes may be written. Blocks that were never reached are left
  // alone: they cost nothing yet.
  const blocks = Math.min(sent + 1, blockCount);
  Buffer.from(memory.buffer, 0, kernelMemory.input + blocks * blockBytes).fill(zero);
}

/**
 * A buffer, not a number: a number would be stored to shared memory byte by byte, which takes a hundred times as long.
 */
const zero = Buffer.alloc(8);

/**
 * Passes blocks of one file from one thread to another and back without a message. Each thread opens the memory for
 * itself; one sends and takes back, the other scans. Blocks are numbered from 0, in the order of the file.
 */
export interface BlockRing {
  /** Blocks sent so far; written by `send`. */
  readonly sent: number;
  readonly scanned: number;
  /** Blocks that the sender has taken back. */
  readonly taken: number;
  /** The memory of a block. It is the sender's until it is sent, and again once it is taken back. */
  block(number: number): Buffer;
  /** The bytes that were sent in a block. */
  bytes(number: number): Buffer;
  send(byteLength: number): void;
  takeBack(): void;
  /** The next block was scanned. The mark says that a message tells what was found in it. */
  markScanned(mark: boolean): void;
  isMarked(number: number): boolean;
  /** Asks for a message as soon as so many blocks were scanned. */
  want(scanned: number): void;
  /** Whether that has come true. True only once. */
  takeWanted(): boolean;
}

/** One thread's view of the ring in a memory; both threads open the same one. */
export function openBlockRing(memory: WebAssembly.Memory): BlockRing {
  const control = new Int32Array(memory.buffer, words.byteOffset, 32);
  const blocks = Array.from({ length: blockCount }, (_, place) =>
    Buffer.from(memory.buffer, kernelMemory.input + place * blockBytes, blockBytes),
  );
  const load = (word: number) => Atomics.load(control, word);
  const block = (number: number) => blocks[number % blockCount] as Buffer;

  return {
    get sent() {
      return load(words.sent);
    },
    get scanned() {
      return load(words.scanned);
    },
    get taken() {
      return load(words.taken);
    },
    block,
    bytes: (number) => block(number).subarray(0, control[words.lengths + (number % blockCount)]),
    send(byteLength) {
      control[words.lengths + (load(words.sent) % blockCount)] = byteLength;
      Atomics.add(control, words.sent, 1);
    },
    takeBack() {
      Atomics.add(control, words.taken, 1);
    },
    markScanned(mark) {
      control[words.marks + (load(words.scanned) % blockCount)] = mark ? 1 : 0;
      Atomics.add(control, words.scanned, 1);
    },
    isMarked: (number) => control[words.marks + (number % blockCount)] === 1,
    want(scanned) {
      Atomics.store(control, words.wanted, scanned);
    },
    takeWanted() {
      const wanted = load(words.wanted);
      if (wanted === 0 || load(words.scanned) < wanted) return false;
      return Atomics.compareExchange(control, words.wanted, wanted, 0) === wanted;
    },
  };
}
