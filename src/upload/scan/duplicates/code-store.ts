import { type CodePool, codeWords, shareWords } from './code-pool.ts';

/** Enough that a partition of five million rows, and its table, fit into a core's own cache. */
export const partitions = 128;
/** The upper seven bits of a hash's high half name its partition. */
const partitionBits = 7;

/**
 * Codes stand in blocks of one partition each. The first word of a code is the low half of its hash. The second is the
 * rest of the high half and, in its lowest bits, how far its row is behind the row before it in the partition. A second
 * word of 0 makes an entry a mark: its first word is the row from which the next code's distance counts.
 */
const blockCodes = 256;
const blockWords = blockCodes * codeWords;
const gapBits = 10;
const maxGap = 2 ** gapBits - 1;
/** What is kept of a hash's high half, besides its partition, is less than this. */
export const restLimit = 2 ** (32 - gapBits);

/** The codes of one file, divided by their hashes, each with its row. */
export interface CodeStore {
  /**
   * Adds rows from `row` on, numbered from 1 and ascending: two words each in `hashes`, low half first, or 0
   * and 0 where a row has no code. Returns for how many of the rows there was memory.
   */
  add(row: number, count: number, hashes: Uint32Array): number;
  /** How many codes a partition has at most. */
  room(partition: number): number;
  /**
   * Passes the codes of a partition to `take`, in the order of their rows: of each the low half of the hash,
   * and the rest.
   */
  read(partition: number, take: (row: number, low: number, rest: number) => void): void;
  /** Gives the memory back; there are no codes any more. May be called twice. */
  close(): void;
}

/** Begins empty. Takes memory from the pool as it grows; whoever makes it closes it. */
export function createCodeStore(pool: CodePool): CodeStore {
  /** Begins with a share of its own, so that no file of usual size has to do without, and then takes from the pool. */
  let words: Uint32Array = new Uint32Array(shareWords);
  let shareAt = 0;
  let shareEnd = shareWords;
  const shares: number[] = [];
  /** By partition: where its blocks begin, where its next code goes, where its last block ends, and its last row. */
  const starts: number[][] = Array.from({ length: partitions }, () => []);
  const nexts = new Int32Array(partitions);
  const ends = new Int32Array(partitions);
  const rows = new Int32Array(partitions);

  /** False: there is no more memory. */
  function addBlock(partition: number): boolean {
    if (shareAt === shareEnd && !addShare()) return false;
    starts[partition]?.push(shareAt);
    nexts[partition] = shareAt;
    shareAt += blockWords;
    ends[partition] = shareAt;
    return true;
  }

  function addShare(): boolean {
    if (shares.length === 0 && !moveToPool()) return false;
    const start = takeShare();
    if (start === undefined) return false;
    shareAt = start;
    shareEnd = start + shareWords;
    return true;
  }

  function takeShare(): number | undefined {
    const start = pool.take();
    if (start !== undefined) shares.push(start);
    return start;
  }

  /** Moves what there is so far into the first share from the pool. */
  function moveToPool(): boolean {
    const start = takeShare();
    if (start === undefined) return false;
    pool.words.set(words, start);
    words = pool.words;
    for (let partition = 0; partition < partitions; partition++) {
      starts[partition] = (starts[partition] as number[]).map((at) => at + start);
      nexts[partition] = (nexts[partition] as number) + start;
      ends[partition] = (ends[partition] as number) + start;
    }
    return true;
  }

  /** Where the next code of a partition goes. Undefined: there is no more memory. */
  function placeIn(partition: number): number | undefined {
    if (nexts[partition] === ends[partition] && !addBlock(partition)) return undefined;
    const at = nexts[partition] as number;
    nexts[partition] = at + codeWords;
    return at;
  }

  return {
    add(row, count, hashes) {
      for (let i = 0; i < count; i++) {
        const low = hashes[2 * i] as number;
        const high = hashes[2 * i + 1] as number;
        if (low === 0 && high === 0) continue;
        const partition = high >>> (32 - partitionBits);
        let gap = row + i - (rows[partition] as number);
        if (gap > maxGap) {
          const mark = placeIn(partition);
          if (mark === undefined) return i;
          words[mark] = row + i - 1;
          words[mark + 1] = 0;
          gap = 1;
        }
        const at = placeIn(partition);
        if (at === undefined) return i;
        words[at] = low;
        words[at + 1] = ((high << partitionBits) & ~maxGap) | gap;
        rows[partition] = row + i;
      }
      return count;
    },
    room: (partition) => (starts[partition] as number[]).length * blockCodes,
    read(partition, take) {
      const blocks = starts[partition] as number[];
      let row = 0;
      for (const start of blocks) {
        const end = start === blocks.at(-1) ? (nexts[partition] as number) : start + blockWords;
        for (let at = start; at < end; at += codeWords) {
          const low = words[at] as number;
          const second = words[at + 1] as number;
          if (second === 0) {
            row = low;
          } else {
            row += second & maxGap;
            take(row, low, second >>> gapBits);
          }
        }
      }
    },
    close() {
      for (const start of shares.splice(0)) pool.giveBack(start);
      for (const blocks of starts) blocks.length = 0;
      words = new Uint32Array(0);
    },
  };
}
