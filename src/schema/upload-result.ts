import type * as Result from '../upload/upload-result.ts';
import { builder } from './builder.ts';
import { FileProblem, FileReport } from './file-report.ts';
import { UploadJob } from './upload-job.ts';

const UploadError = builder.interfaceRef<{ readonly message: string }>('UploadError').implement({
  description: 'Why an upload did not happen, in words that may be shown to the person who made it.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What is wrong and what to do, for a person.' }),
  }),
});

const UploadAccepted = builder.objectRef<Result.UploadAccepted>('UploadAccepted').implement({
  description:
    'Capillary has the whole file. What becomes of its rows the `jobs` tell, once they are terminal.',
  fields: (t) => ({
    jobs: t.expose('jobs', {
      type: [UploadJob],
      description: 'One, or several when `maxRowsPerJob` split the file, in the order of the rows.',
    }),
    file: t.expose('file', { type: FileReport, description: 'The file as it passed.' }),
    replayed: t.exposeBoolean('replayed', {
      description: 'True when `idempotencyKey` found an earlier upload and nothing was sent now.',
    }),
  }),
});

const UploadChecked = builder.objectRef<Result.UploadChecked>('UploadChecked').implement({
  description: '`dryRun`: the file would be accepted. Nothing was uploaded.',
  fields: (t) => ({ file: t.expose('file', { type: FileReport, description: 'The file as it passed.' }) }),
});

const InvalidFileError = builder.objectRef<Result.InvalidFileError>('InvalidFileError').implement({
  description: 'The file itself is wrong. Nothing was uploaded, but for the `jobs` of a split file.',
  interfaces: [UploadError],
  fields: (t) => ({
    problems: t.expose('problems', { type: [FileProblem], description: 'The first problems, at most 100.' }),
    problemCount: t.exposeInt('problemCount', {
      description: 'How many were found, those that are not listed included.',
    }),
    jobs: t.expose('jobs', {
      type: [UploadJob],
      description: 'Jobs that an earlier part of a split file had already made.',
    }),
    idempotencyKey: t.exposeString('idempotencyKey', {
      description: 'Repeat the mended file with this key: where there are `jobs`, it goes on behind them.',
    }),
  }),
});

const InvalidInputError = builder.objectRef<Result.InvalidInputError>('InvalidInputError').implement({
  description: 'An argument is wrong. Nothing was uploaded.',
  interfaces: [UploadError],
  fields: (t) => ({
    field: t.exposeString('field', { description: 'Path of the argument, as `input.columns.billId`.' }),
  }),
});

const UpstreamRejectedError = builder
  .objectRef<Result.UpstreamRejectedError>('UpstreamRejectedError')
  .implement({
    description: 'Capillary answered, and refused.',
    interfaces: [UploadError],
    fields: (t) => ({
      httpStatus: t.exposeInt('httpStatus', { description: 'Status of its answer.' }),
      upstreamCode: t.exposeString('upstreamCode', {
        nullable: true,
        description: "Capillary's own error code, where it gave one.",
      }),
      requestId: t.exposeString('requestId', {
        nullable: true,
        description: "Names the call to Capillary's support.",
      }),
      idempotencyKey: t.exposeString('idempotencyKey', {
        description: 'Repeat a split file with this key: it goes on at the first part that is missing.',
      }),
      jobs: t.expose('jobs', {
        type: [UploadJob],
        description: 'Jobs that an earlier part of a split file had already made.',
      }),
    }),
  });

const UploadOutcomeUnknownError = builder
  .objectRef<Result.UploadOutcomeUnknownError>('UploadOutcomeUnknownError')
  .implement({
    description:
      'The connection broke after the whole file was sent, and the status list does not show the job yet; or another ' +
      'upload with the same key is still under way.',
    interfaces: [UploadError],
    fields: (t) => ({
      idempotencyKey: t.exposeString('idempotencyKey', {
        description: 'Repeat with this key: it either finds the job or uploads.',
      }),
      jobs: t.expose('jobs', {
        type: [UploadJob],
        description: 'Jobs that an earlier part of a split file had already made.',
      }),
    }),
  });

export const UploadResult = builder.unionType('UploadResult', {
  description: 'What an upload came to. Errors that the person can mend are members, not GraphQL errors.',
  types: [
    UploadAccepted,
    UploadChecked,
    InvalidFileError,
    InvalidInputError,
    UpstreamRejectedError,
    UploadOutcomeUnknownError,
  ],
  resolveType: ({ __typename }) => __typename,
});
