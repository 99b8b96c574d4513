import type { FileReport as FileReportModel } from '../upload/result/upload-result.ts';
import type { FileProblem as FileProblemModel } from '../upload/scan/file-problem.ts';
import { builder } from './builder.ts';

const FileProblemCode = builder.enumType('FileProblemCode', {
  description: 'What is wrong with a file or with one of its rows.',
  values: {
    EMPTY_FILE: { description: 'The file has no content.' },
    NO_DATA_ROWS: { description: 'The file has a header and no data rows.' },
    TOO_FEW_COLUMNS: { description: 'The header, or this row, lacks a column that the upload needs.' },
    EMPTY_CELL: { description: 'A required cell is empty.' },
    INVALID_EMAIL: { description: 'The cell is not an e-mail address.' },
    INVALID_MOBILE: { description: 'The cell is not a mobile number.' },
    INVALID_NUMBER: { description: 'The cell is not a whole number.' },
    INVALID_DATE: { description: 'The cell is not a time in milliseconds since 1970.' },
    DUPLICATE_COUPON: {
      description: 'The coupon code appears in more than one row. Capillary rejects all of these rows.',
    },
    UNTERMINATED_QUOTE: { description: 'A quoted cell is never closed.' },
    INVALID_ENCODING: { description: 'The file is not UTF-8 text.' },
    NOT_CSV: {
      description: 'The file is not CSV: for example a spreadsheet, an archive or another binary format.',
    },
    TOO_LARGE: { description: 'The file is larger than this gateway accepts.' },
    TRUNCATED: { description: 'The upload ended before the file did.' },
  } as const,
});

/** One fault of a file, with where it stands. */
export const FileProblem = builder.objectRef<FileProblemModel>('FileProblem').implement({
  description: 'One problem in a file, and where it is.',
  fields: (t) => ({
    code: t.expose('code', { type: FileProblemCode, description: 'What is wrong, for programs.' }),
    line: t.exposeInt('line', {
      nullable: true,
      description:
        'Line in the file, counted from 1, header included. Null when the problem concerns the whole file.',
    }),
    column: t.exposeInt('column', {
      nullable: true,
      description: 'Column, counted from 0. Null when the problem is not in one column.',
    }),
    message: t.exposeString('message', {
      description: 'What is wrong and how to fix it, in words for the user.',
    }),
  }),
});

/** What was found in a whole file. */
export const FileReport = builder.objectRef<FileReportModel>('FileReport').implement({
  description: 'What the gateway found in the file.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The original name of the file.' }),
    bytes: t.exposeFloat('bytes', {
      description: 'Size in bytes. A Float, because a file may be larger than an Int can express.',
    }),
    rows: t.exposeInt('rows', {
      description: 'Number of data rows. The header and empty lines are not counted.',
    }),
    columns: t.exposeInt('columns', { description: 'Number of columns in the header.' }),
    sha256: t.string({
      description: 'SHA-256 of the content, in hex. Computed only when this field is selected.',
      resolve({ sha256 }) {
        if (sha256 === undefined) throw new Error('The SHA-256 was asked for, but not worked out.');
        return sha256;
      },
    }),
    problems: t.expose('problems', {
      type: [FileProblem],
      description: 'Problems with rows that Capillary will reject: the first 100, in the order of the file.',
    }),
    problemCount: t.exposeInt('problemCount', {
      description: 'Number of problems found, including those not listed.',
    }),
    notes: t.exposeStringList('notes', {
      description:
        'Further remarks, for example that the file was too long to be searched completely for duplicates.',
    }),
  }),
});
