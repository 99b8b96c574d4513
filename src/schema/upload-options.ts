import { builder } from './builder.ts';

const RowProblemPolicy = builder.enumType('RowProblemPolicy', {
  description: 'What to do with rows that Capillary is going to reject.',
  values: {
    REPORT: { description: 'Upload all the same, and list them in the report.' },
    REJECT: { description: 'Upload nothing.' },
  } as const,
});

export const UploadOptions = builder.inputType('UploadOptions', {
  description: 'How to upload. Everything has a default.',
  fields: (t) => ({
    idempotencyKey: t.string({
      description:
        'Makes a repeat safe: the same key, series and kind returns the job that the first try made, also when the ' +
        'first answer was lost. 8 to 64 of A-Z a-z 0-9 _ -',
    }),
    dryRun: t.boolean({ defaultValue: false, description: 'Checks the file and uploads nothing.' }),
    maxRowsPerJob: t.int({
      description:
        'Uploads as several jobs of at most this many data rows. Capillary recommends at most 500,000.',
    }),
    rowProblems: t.field({
      type: RowProblemPolicy,
      defaultValue: 'REPORT',
      description:
        'What to do with rows that Capillary is going to reject (an empty cell, a bad date, a duplicate code). REPORT ' +
        "uploads all the same, since partial success is Capillary's norm, and lists them in the report; REJECT " +
        'uploads nothing. A file that is wrong as a whole (not CSV, a column that does not exist, no rows) is ' +
        'refused under both.',
    }),
  }),
});
