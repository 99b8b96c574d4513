import { type CodeHash, createCodeHash } from './code-hash.ts';
import { type CodeTable, createCodeTable } from './code-table.ts';

/** The codes of all jobs of one org: a code is unique in the whole org (upstream contract, section 4). */
export interface OrgCodes {
  /** True when a job of the org holds the code. */
  has(hash: CodeHash): boolean;
  /** Opens the codes of one upload, which belong to no job yet. */
  open(): UploadCodes;
}

/** A bit of a note: the row failed. Codes with this bit or the next are not kept; the other bits are the caller's. */
export const FAILED = 0x40000000;
/** A bit of a note: the file repeats the code. */
export const REPEATED = 1 << 31;
const SPOILED = FAILED | REPEATED;

/** The codes of one upload. It ends by `keep` or `drop`, which do no harm a second time. */
export interface UploadCodes {
  readonly hash: CodeHash;
  /** Where this upload holds the hashed code, or -1. Good until the next `add`. */
  find(): number;
  noteAt(slot: number): number;
  setNoteAt(slot: number, note: number): void;
  /** Adds the hashed code, which `find` did not find, while there is room for it. */
  add(note: number): void;
  /** Makes the unspoiled codes those of a job. Returns how many another job took meanwhile. */
  keep(): number;
  drop(): void;
}

/** Keeps at most `maxKeptCodes` codes, those of unfinished uploads included; further codes are not checked. */
export function createOrgCodes(maxKeptCodes: number): OrgCodes {
  let used: CodeTable = createCodeTable();
  let pending = 0;

  function open(): UploadCodes {
    const hash = createCodeHash();
    let seen = createCodeTable();

    function add(note: number): void {
      if (used.size + pending >= maxKeptCodes) return;
      seen.add(hash.low, hash.high, note);
      pending++;
    }

    function keep(): number {
      const table = drop();
      if (used.size === 0) {
        // The first upload of an org is often its largest: its table is taken over, not copied.
        used = table;
        return 0;
      }
      let taken = 0;
      table.forEach((low, high, note) => {
        if ((note & SPOILED) !== 0) return;
        const slot = used.find(low, high);
        if (slot < 0) used.add(low, high, note);
        else if ((used.noteAt(slot) & SPOILED) === 0) taken++;
        else used.setNoteAt(slot, note);
      });
      return taken;
    }

    function drop(): CodeTable {
      const table = seen;
      pending -= table.size;
      seen = createCodeTable();
      return table;
    }

    return {
      hash,
      find: () => seen.find(hash.low, hash.high),
      noteAt: (slot) => seen.noteAt(slot),
      setNoteAt: (slot, note) => seen.setNoteAt(slot, note),
      add,
      keep,
      drop,
    };
  }

  function has(hash: CodeHash): boolean {
    if (used.size === 0) return false;
    const slot = used.find(hash.low, hash.high);
    return slot >= 0 && (used.noteAt(slot) & SPOILED) === 0;
  }

  return { has, open };
}
