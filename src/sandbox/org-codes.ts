import { type CodeHash, createCodeHash } from './code-hash.ts';
import { type CodeTable, createCodeTable } from './code-table.ts';

/** The codes of all jobs of one org: a code is unique in the whole org (upstream contract, section 4). */
export interface OrgCodes {
  /** True when a job of the org holds the code. */
  has(hash: CodeHash): boolean;
  /** Codes of one upload, which belong to no job yet. */
  open(): UploadCodes;
}

/** Ends by `keep` or `drop`, both harmless the second time. */
export interface UploadCodes {
  readonly hash: CodeHash;
  /** Where this upload holds the hashed code, or -1. Good until the next `add`. */
  find(): number;
  noteAt(slot: number): number;
  setNoteAt(slot: number, note: number): void;
  /** Adds the hashed code, which `find` did not find, while there is room for it. */
  add(note: number): void;
  /** Makes the codes whose note passes `isGood` those of a job. Returns how many another job took meanwhile. */
  keep(isGood: (note: number) => boolean): number;
  drop(): void;
}

/** Keeps at most `maxKeptCodes` codes, those of unfinished uploads included; further ones go unchecked. */
export function createOrgCodes(maxKeptCodes: number): OrgCodes {
  const used: CodeTable = createCodeTable();
  let pending = 0;

  function open(): UploadCodes {
    const hash = createCodeHash();
    let seen = createCodeTable();

    function add(note: number): void {
      if (used.size + pending >= maxKeptCodes) return;
      seen.add(hash.low, hash.high, note);
      pending++;
    }

    function keep(isGood: (note: number) => boolean): number {
      let taken = 0;
      drop().forEach((low, high, note) => {
        if (!isGood(note)) return;
        if (used.size > 0 && used.find(low, high) >= 0) taken++;
        else used.add(low, high, 0);
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

  return { has: (hash) => used.size > 0 && used.find(hash.low, hash.high) >= 0, open };
}
