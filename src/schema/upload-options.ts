import { builder } from './builder.ts';

const RowProblemPolicy = builder.enumType('RowProblemPolicy', {
  description: 'What to do when the file has rows that Capillary will reject.',
  values: {
    REPORT: { description: 'Upload the file anyway and list these rows in the report.' },
    REJECT: { description: 'Upload nothing.' },
  } as const,
});

/** The options of both mutations; `checkUploadOptions` has their defaults. */
export const UploadOptions = builder.inputType('UploadOptions', {
  description: 'Options of an upload. All of them have defaults.',
  fields: (t) => ({
    idempotencyKey: t.string({
      description:
        'Makes it safe to repeat an upload: a repeat with the same key, series and kind of upload returns the job of ' +
        'the first attempt, even if the answer to it was lost. 8 to 64 characters of A-Z a-z 0-9 _ -',
    }),
    dryRun: t.boolean({ defaultValue: false, description: 'Only check the file, and upload nothing.' }),
    maxRowsPerJob: t.int({
      description:
        'Split the file into several jobs of at most this many data rows each. Capillary recommends at most 500,000.',
    }),
    rowProblems: t.field({
      type: RowProblemPolicy,
      defaultValue: 'REPORT',
      description:
        'What to do with rows that Capillary will reject, for example because of an empty cell, a bad date or a ' +
        'duplicate code. REPORT uploads the file anyway and lists these rows in the report; Capillary takes the ' +
        'others. REJECT uploads nothing. A file that is wrong as a whole (not CSV, a missing column, no rows) is ' +
        'refused in either case.',
    }),
  }),
});
