const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;

const CELL_START = 0;
const PLAIN = 1;
const QUOTED = 2;
const QUOTE_SEEN = 3;
const AFTER_QUOTES = 4;

/** One row, valid only during `onRow`: the next row overwrites it. */
export interface CsvRow {
  bytes: Buffer;
  /** Number of cells of the row, also those past `keepCells`. */
  cells: number;
  /** Offsets in `bytes` of the first `keepCells` cells: unquoted, unescaped and trimmed. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** The row is longer than `maxRowBytes`, or a quote never closes: its cells are not available. */
  broken: boolean;
}

/** What is wanted of each row. */
export interface CsvScannerOptions {
  /** The columns that are looked at: 0 to `keepCells` - 1. */
  readonly keepCells: number;
  /** Called for every row, the header too, but not for lines without a byte. */
  readonly onRow: (row: CsvRow) => void;
  /** Longest row that is kept, in bytes. Default 1 MiB. */
  readonly maxRowBytes?: number;
}

/** Takes a file as it comes. Holds nothing to close. */
export interface CsvScanner {
  /** Takes a chunk. Copies what it needs: `chunk` may be reused afterwards. */
  push(chunk: Buffer): void;
  /** The file is over: also ends a last row without a line end. */
  end(): void;
}

/**
 * Incremental CSV by RFC 4180: quotes, CRLF, LF or CR, a leading BOM. Works on bytes in one buffer of its own, never
 * on strings, and holds one row at most. A quote inside an unquoted cell is text; so is what follows a closing quote.
 */
export function createCsvScanner(options: CsvScannerOptions): CsvScanner {
  const { keepCells, onRow, maxRowBytes = 1 << 20 } = options;
  const row: CsvRow = {
    bytes: Buffer.allocUnsafe(1 << 17),
    cells: 0,
    starts: new Int32Array(keepCells),
    ends: new Int32Array(keepCells),
    broken: false,
  };
  let filled = 0;
  let rowStart = 0;
  let read = 0;
  let write = 0;
  let cellStart = 0;
  let state = CELL_START;
  let begun = false;

  function push(chunk: Buffer): void {
    if (filled + chunk.length > row.bytes.length) {
      const larger = Buffer.allocUnsafe((filled + chunk.length) * 2);
      row.bytes.copy(larger, 0, 0, filled);
      row.bytes = larger;
    }
    filled += chunk.copy(row.bytes, filled);
    if (!begun && filled < 3) return;
    scan();
    keepTail();
  }

  function end(): void {
    if (!begun) scan();
    if (state === CELL_START && row.cells === 0) return;
    row.broken ||= state === QUOTED;
    // A line end of our own closes the row like any other; within an open quote a quote must come first.
    push(Buffer.from(state === QUOTED ? '"\n' : '\n'));
  }

  function skipByteOrderMark(): void {
    begun = true;
    if (filled >= 3 && row.bytes.readUIntBE(0, 3) === 0xefbbbf) rowStart = cellStart = read = 3;
  }

  function scan(): void {
    if (!begun) skipByteOrderMark();
    // Locals: the loop runs twice as fast on them as on the closure's variables.
    const { bytes, starts, ends } = row;
    const end = filled;
    let [i, w, start, cells, now] = [read, write, cellStart, row.cells, state];
    while (i < end) {
      let cellEnd = -1;
      let byte = 0;
      if (now <= PLAIN) {
        if (now === CELL_START && bytes[i] === QUOTE) {
          now = QUOTED;
          start = w = ++i;
          continue;
        }
        // One comparison for nearly every byte: digits and letters all lie above the comma.
        while (i < end) {
          byte = bytes[i] as number;
          if (byte <= COMMA && (byte === COMMA || byte === LF || byte === CR)) break;
          i++;
        }
        if (i > start) now = PLAIN;
        if (i === end) break;
        cellEnd = i++;
      } else if (now === QUOTED) {
        // Unescaped in place: the write position never passes the read position.
        while (i < end) {
          byte = bytes[i++] as number;
          if (byte === QUOTE) {
            now = QUOTE_SEEN;
            break;
          }
          bytes[w++] = byte;
        }
        continue;
      } else {
        byte = bytes[i++] as number;
        if (byte !== COMMA && byte !== LF && byte !== CR) {
          now = now === QUOTE_SEEN && byte === QUOTE ? QUOTED : AFTER_QUOTES;
          bytes[w++] = byte;
          continue;
        }
        cellEnd = w;
      }

      // The LF of a CRLF comes here as well: a line without a byte, which is no row.
      const blank = byte !== COMMA && cells === 0 && now === CELL_START;
      if (!blank) {
        if (cells < keepCells) {
          while (start < cellEnd && (bytes[start] as number) <= SPACE) start++;
          while (cellEnd > start && (bytes[cellEnd - 1] as number) <= SPACE) cellEnd--;
          starts[cells] = start;
          ends[cells] = cellEnd;
        }
        cells++;
      }
      start = i;
      now = CELL_START;
      if (byte === COMMA) continue;
      rowStart = i;
      if (blank) continue;
      row.cells = cells;
      cells = 0;
      endRow();
    }
    [read, write, cellStart, row.cells, state] = [i, w, start, cells, now];
  }

  function endRow(): void {
    onRow(row);
    row.cells = 0;
    row.broken = false;
  }

  function keepTail(): void {
    const tail = filled - rowStart;
    if (row.broken || tail > maxRowBytes) {
      // Only the state is kept: the end of the row must still be found.
      row.broken = tail > 0;
      filled = read = write = cellStart = rowStart = 0;
      return;
    }
    if (rowStart === 0) return;
    row.bytes.copyWithin(0, rowStart, filled);
    for (let i = 0; i < row.cells && i < keepCells; i++) {
      row.starts[i] = (row.starts[i] as number) - rowStart;
      row.ends[i] = (row.ends[i] as number) - rowStart;
    }
    filled = tail;
    read -= rowStart;
    write -= rowStart;
    cellStart -= rowStart;
    rowStart = 0;
  }

  return { push, end };
}
