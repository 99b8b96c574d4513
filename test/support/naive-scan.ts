import { cellRules } from '../../src/upload/scan/cell-rules.ts';
import type { ScanPlan } from '../../src/upload/scan/scan-plan.ts';

interface NaiveRow {
  readonly line: number;
  readonly cells: readonly string[];
}

interface Place {
  readonly line: number;
  /** The cell within its row, 0 between rows. */
  readonly column: number;
}

interface NaiveRows {
  /** Those that a line end has ended. */
  readonly rows: readonly NaiveRow[];
  /** The one that the text's end has cut. */
  readonly last: NaiveRow | undefined;
  readonly end: Place;
  readonly openQuote: Place | undefined;
}

/** Reads a CSV text one character after the other, with all of it in memory. */
export function naiveRows(file: string): NaiveRows {
  const text = file.replace(/^\ufeff/, '');
  const rows: NaiveRow[] = [];
  let row: { line: number; cells: string[] } | undefined;
  let quote: Place | undefined;
  let line = 1;
  let isCellStart = true;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    const isLineEnd = char === '\n' || char === '\r';
    if (!row && !isLineEnd) {
      row = { line, cells: [''] };
      isCellStart = true;
    }
    if (row && isLineEnd && !quote) {
      rows.push(row);
      row = undefined;
    } else if (row) {
      const column = row.cells.length - 1;
      const wasCellStart = isCellStart;
      isCellStart = false;
      if (quote && char === '"' && text[at + 1] !== '"') quote = undefined;
      else if (!quote && char === '"' && wasCellStart) quote = { line, column };
      else if (!quote && char === ',') isCellStart = row.cells.push('') > 0;
      else row.cells[column] += char;
      // Of two quotes within quotes the second says nothing more.
      if (quote && char === '"' && !wasCellStart) at += 1;
    }
    if (isLineEnd && !(char === '\n' && text[at - 1] === '\r')) line += 1;
  }
  return { rows, last: row, end: { line, column: (row?.cells.length ?? 1) - 1 }, openQuote: quote };
}

/** What a scan must come to: places as `places` has them, the first 100 of them. */
export interface NaiveReport {
  readonly places: readonly string[];
  readonly problemCount: number;
  /** Of a file that is not wrong as a whole. */
  readonly rows?: number;
  readonly columns?: number;
}

/** A cell of more bytes is not judged. */
const maxCellBytes = 4096;

/** Judges a well-formed text as the scan must, without its haste. */
export function naiveScan(file: string, plan: ScanPlan): NaiveReport {
  const { rows: ended, last, openQuote } = naiveRows(file);
  const [header, ...rows] = last && !openQuote ? [...ended, last] : ended;
  const columns = header?.cells.length ?? 0;
  const missing = [...plan.required, ...plan.optional].filter(({ column }) => column >= columns);
  if (header && missing.length > 0) {
    return fatal('TOO_FEW_COLUMNS', header.line, Math.min(...missing.map(({ column }) => column)));
  }
  if (openQuote) return fatal('UNTERMINATED_QUOTE', openQuote.line, openQuote.column);
  if (!header) return fatal('EMPTY_FILE', '-', '-');
  if (rows.length === 0) return fatal('NO_DATA_ROWS', '-', '-');

  const found: { code: string; line: number; column: number }[] = [];
  const linesOfCode = new Map<string, number[]>();
  const unique = plan.uniqueColumn(columns);
  for (const { line, cells } of rows) {
    const absent = plan.required.find(({ column }) => column >= cells.length);
    if (absent) {
      found.push({ code: 'TOO_FEW_COLUMNS', line, column: absent.column });
      continue;
    }
    for (const { column, rule } of plan.required) {
      const cell = judged(cells[column]);
      if (cell === undefined) continue;
      const { code, accepts } = cellRules[rule];
      if (cell === '') found.push({ code: 'EMPTY_CELL', line, column });
      else if (code !== undefined && !accepts(cell)) found.push({ code, line, column });
    }
    const key = unique === undefined ? undefined : judged(cells[unique])?.toLowerCase();
    if (key) linesOfCode.set(key, [...(linesOfCode.get(key) ?? []), line]);
  }
  for (const lines of linesOfCode.values()) {
    if (lines.length < 2) continue;
    for (const line of lines) found.push({ code: 'DUPLICATE_COUPON', line, column: unique as number });
  }
  found.sort((a, b) => a.line - b.line || a.column - b.column);
  const places = found.slice(0, 100).map(({ code, line, column }) => `${code} ${line}:${column}`);
  return { places, problemCount: found.length, rows: rows.length, columns };
}

function judged(cell: string | undefined): string | undefined {
  if (cell === undefined || Buffer.byteLength(cell) > maxCellBytes) return undefined;
  return cell.replace(/^[\0- ]+|[\0- ]+$/g, '');
}

function fatal(code: string, line: number | string, column: number | string): NaiveReport {
  return { places: [`${code} ${line}:${column}`], problemCount: 1 };
}
