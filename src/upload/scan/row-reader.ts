import { createKeptCells } from './kept-cells.ts';

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** A row that was read. */
export interface Row {
  /** Physical line of its first byte, 1-based. */
  readonly line: number;
  /** How many cells it has. */
  readonly columns: number;
  /** The cell's text, not trimmed. Undefined when it is too long to judge, not wanted, or not there. */
  cell(column: number): string | undefined;
}

/** Reads rows out of chunks that may be cut anywhere. */
export interface RowReader {
  /** True before the first byte of a row; `skipToRow` is then due. */
  readonly betweenRows: boolean;
  /** The physical line that the next byte stands in, 1-based, and its column. */
  readonly line: number;
  readonly column: number;
  /** Where the quote was opened that is not closed yet. */
  readonly openQuote: { readonly line: number; readonly column: number } | undefined;
  /** Skips empty lines, the LF of a CRLF that was cut, and a byte order mark. Returns the offset of the next row. */
  skipToRow(chunk: Buffer, from: number, to: number): number;
  /** Reads to just after the row's end, or to `to`. The row goes to `onRow`. Returns the offset reached. */
  read(chunk: Buffer, from: number, to: number): number;
  /** The file is over: a last row without a line end goes to `onRow`. Not to be called inside a quote. */
  end(): void;
  /** Rows with `count` lines were read by someone else, up to their last line end. */
  passLines(count: number): void;
  /** From the next row on these columns' cells are kept. None at first. */
  want(columns: readonly number[]): void;
}

/**
 * RFC 4180, read leniently: rows end in LF, CRLF or a lone CR; a quote counts only as the first byte of a cell,
 * elsewhere it is text, and so is what follows a closing quote. Lines of no bytes at all are no rows.
 * The row is valid during the call of `onRow` only.
 */
export function createRowReader(onRow: (row: Row) => void): RowReader {
  const cells = createKeptCells();
  let state: 'betweenRows' | 'cellStart' | 'unquoted' | 'quoted' | 'afterQuote' = 'betweenRows';
  let line = 1;
  let column = 0;
  let afterCr = false;
  let marked = 0;
  let rowLine = 1;
  let quoteLine = 1;

  const row: Row = {
    get line() {
      return rowLine;
    },
    get columns() {
      return column + 1;
    },
    cell: cells.text,
  };

  function openRow(): void {
    cells.openRow();
    rowLine = line;
    openCell(0);
  }

  function openCell(next: number): void {
    column = next;
    state = 'cellStart';
    cells.openCell(next);
  }

  function closeRow(): void {
    state = 'betweenRows';
    onRow(row);
    column = 0;
  }

  /** A CRLF is one line end, also when a chunk ends between the two. */
  function countLineEnd(byte: number): void {
    if (byte === CR || !afterCr) line++;
    afterCr = byte === CR;
  }

  function readUnquoted(chunk: Buffer, from: number, to: number): number {
    let i = from;
    let byte = 0;
    while (i < to) {
      byte = chunk[i] as number;
      if (byte === COMMA || byte === LF || byte === CR) break;
      i++;
    }
    cells.keep(chunk, from, i);
    if (i === to) return to;
    if (byte === COMMA) {
      openCell(column + 1);
    } else {
      closeRow();
      countLineEnd(byte);
    }
    return i + 1;
  }

  function readQuoted(chunk: Buffer, from: number, to: number): number {
    let i = from;
    for (; i < to; i++) {
      const byte = chunk[i] as number;
      if (byte === QUOTE) break;
      if (byte === LF || byte === CR) countLineEnd(byte);
      else afterCr = false;
    }
    cells.keep(chunk, from, i);
    if (i === to) return to;
    afterCr = false;
    state = 'afterQuote';
    return i + 1;
  }

  return {
    get betweenRows() {
      return state === 'betweenRows';
    },
    get line() {
      return line;
    },
    get column() {
      return column;
    },
    get openQuote() {
      return state === 'quoted' ? { line: quoteLine, column } : undefined;
    },
    skipToRow(chunk, from, to) {
      let i = from;
      // A letter that merely begins like the mark may lose bytes here: what the header says does not matter.
      while (i < to && chunk[i] === byteOrderMark[marked]) {
        marked++;
        i++;
      }
      if (i < to) marked = byteOrderMark.length;
      for (; i < to; i++) {
        const byte = chunk[i] as number;
        if (byte !== LF && byte !== CR) break;
        countLineEnd(byte);
      }
      return i;
    },
    read(chunk, from, to) {
      let i = from;
      if (state === 'betweenRows' && i < to) {
        afterCr = false;
        openRow();
      }
      while (i < to && state !== 'betweenRows') {
        if (state === 'unquoted') {
          i = readUnquoted(chunk, i, to);
        } else if (state === 'quoted') {
          i = readQuoted(chunk, i, to);
        } else if (chunk[i] !== QUOTE) {
          state = 'unquoted';
        } else if (state === 'cellStart') {
          quoteLine = line;
          state = 'quoted';
          i++;
        } else {
          // Two quotes in a quoted cell stand for one.
          cells.keep(chunk, i, i + 1);
          state = 'quoted';
          i++;
        }
      }
      return i;
    },
    end() {
      if (state !== 'betweenRows') closeRow();
    },
    passLines(count) {
      line += count;
      afterCr = false;
    },
    want: cells.want,
  };
}
