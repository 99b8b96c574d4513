import { createByteChecks } from './byte-checks.ts';
import { createDuplicateProblems, type DuplicateProblems } from './duplicate-problems.ts';
import type { CodePool } from './duplicates/code-pool.ts';
import { createFileParts } from './file-parts.ts';
import type { FileProblem } from './file-problem.ts';
import { createRowKernel, type RowKernel } from './kernel/row-kernel.ts';
import { maxCount } from './max-count.ts';
import { createPlainRows, type PlainRows } from './plain-rows.ts';
import { createProblemList } from './problem-list.ts';
import { createRowJudge } from './row-judge.ts';
import { createRowReader, type Row } from './row-reader.ts';
import type { ScanPlan } from './scan-plan.ts';
import { type ScanReport, scanReport } from './scan-report.ts';
import { trimCell } from './trim-cell.ts';
import { wholeFileProblems } from './whole-file-problems.ts';

/** What to check, and how much. */
export interface CsvScanOptions {
  readonly plan: ScanPlan;
  /** Data rows after which a new part of the file begins. Default: no parts. */
  readonly rowsPerPart?: number | undefined;
  /** How many data rows are searched for duplicates. Default 5,000,000. */
  readonly maxExactRows?: number | undefined;
  /** Memory for the search, shared with other scans; when it runs out, the report says so. Default: its own. */
  readonly codePool?: CodePool | undefined;
  /** How many problems are listed. Default 100. */
  readonly maxProblems?: number | undefined;
  /** Default: no limit. */
  readonly maxFileBytes?: number | undefined;
  /** Default 2,147,483,647. */
  readonly maxLines?: number | undefined;
  /** A kernel for this scan alone. Chunks that stand in its memory are scanned in place. Default: one is made. */
  readonly kernel?: RowKernel | undefined;
}

/** The scan of one file. Whoever gives it up before its end closes it. */
export interface CsvScan {
  /** Scans the next bytes. The chunk is neither kept nor changed. Does nothing once the scan is `fatal`. */
  write(chunk: Buffer): void;
  /**
   * Where in the chunk of the last `write` a new part begins, ascending: always the first byte of a data row, just
   * after a line end outside quotes, and perhaps 0. A part is never without rows.
   */
  readonly cuts: readonly number[];
  /** The file up to its first data row, with which every further part must begin. Complete before the first cut. */
  readonly headerBytes: Buffer;
  /** Set as soon as the file is known to be wrong as a whole, so that the upload need not go on. */
  readonly fatal: FileProblem | undefined;
  /** The file is over. To be called once. */
  end(): ScanReport;
  /** Gives back what it holds of the code pool. May be called twice. */
  close(): void;
}

/** Scans a CSV file as it streams by: its shape, its rows, and what upstream is going to reject. */
export function createCsvScan(options: CsvScanOptions): CsvScan {
  const {
    plan,
    maxProblems,
    rowsPerPart = Number.POSITIVE_INFINITY,
    maxFileBytes = Number.POSITIVE_INFINITY,
    maxLines = maxCount,
    kernel = createRowKernel(),
  } = options;
  const problems = createProblemList(maxProblems);
  const judge = createRowJudge(plan.required, problems);
  const checks = createByteChecks(maxFileBytes);
  const parts = createFileParts(rowsPerPart);
  const reader = createRowReader(takeRow);

  let columns = 0;
  let rows = 0;
  let duplicates: DuplicateProblems | undefined;
  let uniqueColumn = -1;
  let plainRows: PlainRows | undefined;
  let fatal: FileProblem | undefined;

  function takeRow(row: Row): void {
    if (columns === 0) {
      takeHeader(row.columns, row.line);
      return;
    }
    rows++;
    if (!judge(row) || duplicates === undefined) return;
    const code = trimCell(row.cell(uniqueColumn) ?? '');
    if (code !== '') duplicates.addCode(rows, row.line, code);
  }

  function takeHeader(count: number, line: number): void {
    columns = count;
    const missing = [...plan.required, ...plan.optional].filter(({ column }) => column >= count);
    if (missing.length > 0) {
      fatal = wholeFileProblems.missingColumns(missing, count, line);
      return;
    }
    const wanted = plan.required.map(({ column }) => column);
    const unique = plan.uniqueColumn(count);
    if (unique !== undefined) {
      wanted.push(unique);
      uniqueColumn = unique;
      duplicates = createDuplicateProblems(kernel, unique, problems, {
        maxRows: options.maxExactRows,
        pool: options.codePool,
      });
    }
    reader.want(wanted);
    plainRows = createPlainRows(kernel, plan, problems, unique, duplicates);
  }

  /** Reads the header first, and only as far as there is room for it. */
  function scan(chunk: Buffer, to: number): void {
    const end = parts.headerComplete ? to : Math.min(to, parts.headerRoom);
    scanRows(chunk, 0, end);
    if (fatal !== undefined) return;
    if (parts.headerComplete) {
      scanRows(chunk, end, to);
      return;
    }
    parts.addHeader(chunk, end);
    if (end < to) fatal = wholeFileProblems.headerTooLong;
  }

  function scanRows(chunk: Buffer, from: number, to: number): void {
    plainRows?.begin();
    let i = from;
    while (i < to && fatal === undefined) {
      if (reader.betweenRows) i = reader.skipToRow(chunk, i, to);
      if (i === to) return;
      if (reader.betweenRows && columns > 0) {
        const room = parts.beginRow(chunk, i);
        const count = plainRows?.read(chunk, i, to, room, rows + 1, reader.line) ?? 0;
        if (plainRows !== undefined && count > 0) {
          rows += count;
          parts.addRows(count);
          reader.passLines(plainRows.lines);
          i = plainRows.offset;
          continue;
        }
        parts.addRows(1);
      }
      i = reader.read(chunk, i, to);
    }
  }

  function finish(): FileProblem | undefined {
    const fault = checks.fault(reader, true);
    if (fault !== undefined) return fault;
    if (reader.openQuote !== undefined) {
      return wholeFileProblems.openQuote(reader.openQuote.line, reader.openQuote.column);
    }
    reader.end();
    if (fatal !== undefined) return fatal;
    if (columns === 0) return wholeFileProblems.empty;
    duplicates?.finish();
    return rows === 0 ? wholeFileProblems.headerOnly : undefined;
  }

  function close(): void {
    duplicates?.close();
  }

  return {
    get cuts() {
      return parts.cuts;
    },
    get headerBytes() {
      return parts.headerBytes;
    },
    get fatal() {
      return fatal;
    },
    write(chunk) {
      parts.beginChunk();
      if (fatal !== undefined) return;
      scan(chunk, checks.soundBytes(chunk));
      fatal ??= checks.fault(reader);
      // Every row has at least one line, so this also bounds the number of rows.
      if (reader.line > maxLines) fatal ??= wholeFileProblems.tooManyLines(maxLines);
    },
    end() {
      fatal ??= finish();
      close();
      return scanReport({ rows, columns, problems, duplicates, wholeFileProblem: fatal });
    },
    close,
  };
}
