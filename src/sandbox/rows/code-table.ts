/** A set of 64-bit hashes, each with a note of 32 bits. */
export interface CodeTable {
  readonly size: number;
  /** The slot that holds the hash, or -1. Slots are good until the next `add`. */
  find(low: number, high: number): number;
  /** Adds a hash that `find` did not find. */
  add(low: number, high: number, note: number): void;
  noteAt(slot: number): number;
  setNoteAt(slot: number, note: number): void;
  forEach(visit: (low: number, high: number, note: number) => void): void;
}

const LOW = 0;
const HIGH = 1;
const NOTE = 2;
const WIDTH = 3;

/**
 * Open addressing, at most two thirds full: 20 to 39 bytes an entry. One byte per slot says whether the entry is worth
 * a look: most codes of a file are new, and a table of bytes stays in the cache where the entries do not.
 */
export function createCodeTable(): CodeTable {
  let mask = 1023;
  let tags = new Uint8Array(mask + 1);
  let entries = new Int32Array((mask + 1) * WIDTH);
  let size = 0;

  function find(low: number, high: number): number {
    const tag = tagOf(high);
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const found = tags[slot];
      if (found === 0) return -1;
      if (found !== tag) continue;
      const at = slot * WIDTH;
      if (entries[at + LOW] === low && entries[at + HIGH] === high) return slot;
    }
  }

  function add(low: number, high: number, note: number): void {
    if (size * 3 >= (mask + 1) * 2) grow();
    put(low, high, note);
    size++;
  }

  function put(low: number, high: number, note: number): void {
    let slot = low & mask;
    while (tags[slot] !== 0) slot = (slot + 1) & mask;
    tags[slot] = tagOf(high);
    const at = slot * WIDTH;
    entries[at + LOW] = low;
    entries[at + HIGH] = high;
    entries[at + NOTE] = note;
  }

  function grow(): void {
    const [oldTags, oldEntries] = [tags, entries];
    mask = mask * 2 + 1;
    tags = new Uint8Array(mask + 1);
    entries = new Int32Array((mask + 1) * WIDTH);
    visitAll(oldTags, oldEntries, put);
  }

  return {
    get size() {
      return size;
    },
    find,
    add,
    noteAt: (slot) => entries[slot * WIDTH + NOTE] as number,
    setNoteAt: (slot, note) => {
      entries[slot * WIDTH + NOTE] = note;
    },
    forEach: (visit) => visitAll(tags, entries, visit),
  };
}

function tagOf(high: number): number {
  return (high & 127) | 128;
}

function visitAll(
  tags: Uint8Array,
  entries: Int32Array,
  visit: (low: number, high: number, note: number) => void,
): void {
  for (let slot = 0; slot < tags.length; slot++) {
    if (tags[slot] === 0) continue;
    const at = slot * WIDTH;
    visit(entries[at + LOW] as number, entries[at + HIGH] as number, entries[at + NOTE] as number);
  }
}
