/** A longer cell is skipped: nothing that is checked is as long, and memory stays bounded. */
const maxCellBytes = 4096;

/** The cells of one row that will be asked for, collected as they come in pieces. */
export interface KeptCells {
  /** From the next row on these columns' cells are kept. None at first. */
  want(columns: readonly number[]): void;
  /** A row begins. */
  openRow(): void;
  /** What is kept next belongs to this column's cell. */
  openCell(column: number): void;
  keep(chunk: Buffer, from: number, to: number): void;
  /** The cell's text. Undefined when it is too long, not wanted, or not there. */
  text(column: number): string | undefined;
}

/** Begins without wanted columns. */
export function createKeptCells(): KeptCells {
  let slots = new Map<number, number>();
  let bytes = Buffer.alloc(0);
  // Bytes kept of each wanted cell; -1 where the row has none.
  let lengths = new Int32Array(0);
  let slot: number | undefined;

  return {
    want(columns) {
      slots = new Map([...new Set(columns)].map((wanted, at) => [wanted, at]));
      bytes = Buffer.alloc(slots.size * maxCellBytes);
      lengths = new Int32Array(slots.size);
    },
    openRow() {
      lengths.fill(-1);
    },
    openCell(column) {
      slot = slots.get(column);
      if (slot !== undefined) lengths[slot] = 0;
    },
    keep(chunk, from, to) {
      if (slot === undefined || from === to) return;
      const length = lengths[slot] as number;
      if (length + to - from > maxCellBytes) {
        lengths[slot] = maxCellBytes + 1;
        return;
      }
      const shift = slot * maxCellBytes + length - from;
      // Most cells are short, and for them a call of `copy` takes longer.
      if (to - from > 64) chunk.copy(bytes, shift + from, from, to);
      else for (let i = from; i < to; i++) bytes[shift + i] = chunk[i] as number;
      lengths[slot] = length + to - from;
    },
    text(column) {
      const at = slots.get(column);
      const length = at === undefined ? -1 : (lengths[at] as number);
      if (at === undefined || length < 0 || length > maxCellBytes) return undefined;
      return bytes.toString('utf8', at * maxCellBytes, at * maxCellBytes + length);
    },
  };
}
