import Papa from 'papaparse';

/** The start of a CSV file, as a person should see it. */
export interface CsvPreview {
  /** The header's cells, trimmed. */
  readonly header: readonly string[];
  /** The first data rows. */
  readonly rows: readonly (readonly string[])[];
  /** Why the file is probably not what it should be, in words; `undefined` when it looks like a CSV. */
  readonly problem?: string;
}

const maxRows = 5;

/**
 * Reads the header and the first five rows from the start of a file. Where the file goes on after this text (`isCut`), a
 * last line without a line end is left out. Never throws: whatever is odd is told in `problem`.
 */
export function csvPreview(text: string, isCut: boolean): CsvPreview {
  if (text.startsWith('PK\u0003\u0004'))
    return broken('This is a spreadsheet or an archive. Export it as CSV first.');
  if (text.includes('\u0000') || text.includes('\ufffd'))
    return broken('This is not text in UTF-8. Export the file as CSV in UTF-8.');
  const { data } = Papa.parse<string[]>(text.replace(/^\ufeff/, ''), {
    delimiter: ',',
    preview: maxRows + 2,
    skipEmptyLines: true,
  });
  const lines = isCut && data.length < maxRows + 2 ? data.slice(0, -1) : data;
  const [first, ...rows] = lines;
  if (!first)
    return broken(
      data.length > 0 ? 'The header does not end: its first line is too long.' : 'The file is empty.',
    );
  const header = first.map((cell) => cell.trim());
  const preview = { header, rows: rows.slice(0, maxRows) };
  const problem = oddity(header, rows);
  return problem ? { ...preview, problem } : preview;
}

function oddity(header: readonly string[], rows: readonly unknown[]): string | undefined {
  if (rows.length === 0) return 'There is a header, and no row after it.';
  if (header.length === 1 && /[;\t|]/.test(header[0] ?? ''))
    return 'There is one column only. Are the cells separated by something other than a comma?';
  return undefined;
}

function broken(problem: string): CsvPreview {
  return { header: [], rows: [], problem };
}
