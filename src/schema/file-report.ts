import type { FileProblem as FileProblemModel } from '../upload/scan/file-problem.ts';
import type { FileReport as FileReportModel } from '../upload/upload-result.ts';
import { builder } from './builder.ts';

const FileProblemCode = builder.enumType('FileProblemCode', {
  description: 'What is wrong with a file or with one of its rows.',
  values: {
    EMPTY_FILE: { description: 'The file has no content.' },
    NO_DATA_ROWS: { description: 'The file has a header and nothing below it.' },
    TOO_FEW_COLUMNS: { description: 'A needed column does not exist, in the file or in this row.' },
    EMPTY_CELL: { description: 'A needed cell is empty.' },
    INVALID_EMAIL: { description: 'A cell that should hold an e-mail address cannot be one.' },
    INVALID_MOBILE: { description: 'A cell that should hold a mobile number cannot be one.' },
    INVALID_NUMBER: { description: 'A cell that should hold a number does not.' },
    INVALID_DATE: { description: 'A cell that should hold milliseconds since 1970 does not.' },
    DUPLICATE_COUPON: {
      description: 'The same coupon code stands in several rows: Capillary rejects all of them.',
    },
    UNTERMINATED_QUOTE: { description: 'A quoted cell is never closed.' },
    INVALID_ENCODING: { description: 'The file is not UTF-8 text.' },
    NOT_CSV: { description: 'The file is something else: a spreadsheet, an archive, a binary.' },
    TOO_LARGE: { description: 'The file is larger than this gateway takes.' },
    TRUNCATED: { description: 'The file ended before it should have.' },
  } as const,
});

export const FileProblem = builder.objectRef<FileProblemModel>('FileProblem').implement({
  description: 'One thing that is wrong, and where.',
  fields: (t) => ({
    code: t.expose('code', { type: FileProblemCode, description: 'What is wrong, for a program.' }),
    line: t.exposeInt('line', {
      nullable: true,
      description: '1-based line in the file, header included. Null when it is about the whole file.',
    }),
    column: t.exposeInt('column', { nullable: true, description: 'Zero-based column, where there is one.' }),
    message: t.exposeString('message', { description: 'What is wrong and how to mend it, for a person.' }),
  }),
});

export const FileReport = builder.objectRef<FileReportModel>('FileReport').implement({
  description: 'The file as the gateway saw it pass.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The file name as the user gave it.' }),
    bytes: t.exposeFloat('bytes', {
      description: 'Size. A Float, since files may be larger than an Int tells.',
    }),
    rows: t.exposeInt('rows', { description: 'Data rows: neither the header nor empty lines are counted.' }),
    columns: t.exposeInt('columns', { description: 'Columns of the header.' }),
    sha256: t.string({
      description: 'SHA-256 of the content, in hex. Worked out only where an upload asks for it.',
      resolve({ sha256 }) {
        if (sha256 === undefined) throw new Error('The SHA-256 was asked for, but not worked out.');
        return sha256;
      },
    }),
    problems: t.expose('problems', {
      type: [FileProblem],
      description: 'Rows that Capillary is going to reject: the first 100, in the order of the file.',
    }),
    problemCount: t.exposeInt('problemCount', {
      description: 'How many were found, those that are not listed included.',
    }),
    notes: t.exposeStringList('notes', {
      description:
        'What else there is to know, as that a file was too long to search all of it for duplicates.',
    }),
  }),
});
