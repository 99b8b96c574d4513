import type { FileProblem } from './file-problem.ts';

/** Faults of the file as a whole: it is refused, whatever the policy for rows. */
export const wholeFileProblems = {
  empty: { code: 'EMPTY_FILE', message: 'The file is empty. It needs a header line and at least one row.' },

  headerOnly: {
    code: 'NO_DATA_ROWS',
    message: 'The file has a header line and no rows. The first line is always read as the header.',
  },

  headerTooLong: {
    code: 'NOT_CSV',
    line: 1,
    message:
      'There is no row in the first 1 MiB: either this is not a CSV file, or a quote (") in the header is never closed.',
  },

  missingColumns(
    missing: readonly { readonly column: number; readonly name: string }[],
    columns: number,
    line: number,
  ): FileProblem {
    const named = missing.map(({ column, name }) => `${column} (${name})`).join(', ');
    const has = columns === 1 ? '1 column' : `${columns} columns`;
    const hint = columns === 1 ? ' Cells are separated by commas, not by semicolons or tabs.' : '';
    return {
      code: 'TOO_FEW_COLUMNS',
      line,
      column: Math.min(...missing.map(({ column }) => column)),
      message: `The header has ${has}, but the upload names column ${named}. Columns are counted from 0.${hint}`,
    };
  },

  nulByte(line: number, column: number): FileProblem {
    return {
      code: 'NOT_CSV',
      line,
      column,
      message: `Line ${line} contains a NUL byte, which text files do not have. Export the table as CSV (UTF-8).`,
    };
  },

  notUtf8(line: number, column: number): FileProblem {
    return {
      code: 'INVALID_ENCODING',
      line,
      column,
      message: `Line ${line} is not UTF-8. Save the file as CSV in UTF-8, in Excel "CSV UTF-8 (Comma delimited)".`,
    };
  },

  openQuote(line: number, column: number): FileProblem {
    return {
      code: 'UNTERMINATED_QUOTE',
      line,
      column,
      message: `The quote (") that opens column ${column} in line ${line} is never closed. Close it, or write "" for a quote that is part of the text.`,
    };
  },

  tooLarge(maxFileBytes: number): FileProblem {
    return {
      code: 'TOO_LARGE',
      message: `The file is larger than the allowed ${maxFileBytes} bytes. Divide it into several files, each with the header.`,
    };
  },

  tooManyLines(maxLines: number): FileProblem {
    return {
      code: 'TOO_LARGE',
      message: `The file has more than ${maxLines} lines. Divide it into several files, each with the header.`,
    };
  },
} as const satisfies Record<string, FileProblem | ((...details: never[]) => FileProblem)>;
