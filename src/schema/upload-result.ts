import type * as Result from '../upload/result/upload-result.ts';
import { builder } from './builder.ts';
import { FileProblem, FileReport } from './file-report.ts';
import { UploadJob } from './upload-job.ts';

const UploadError = builder.interfaceRef<{ readonly message: string }>('UploadError').implement({
  description: 'Why an upload did not succeed.',
  fields: (t) => ({
    message: t.exposeString('message', {
      description: 'What is wrong and what to do about it. Can be shown to the user.',
    }),
  }),
});

const UploadAccepted = builder.objectRef<Result.UploadAccepted>('UploadAccepted').implement({
  description: 'Capillary has received the whole file. Watch the `jobs` to learn which rows it accepts.',
  fields: (t) => ({
    jobs: t.expose('jobs', {
      type: [UploadJob],
      description: 'One job, or several if `maxRowsPerJob` split the file, in the order of the rows.',
    }),
    file: t.expose('file', { type: FileReport, description: 'What the gateway found in the file.' }),
    replayed: t.exposeBoolean('replayed', {
      description: 'True if `idempotencyKey` matched an earlier upload, so that nothing was sent this time.',
    }),
  }),
});

const UploadChecked = builder.objectRef<Result.UploadChecked>('UploadChecked').implement({
  description: 'Result of a `dryRun`: the file would be accepted. Nothing was uploaded.',
  fields: (t) => ({
    file: t.expose('file', { type: FileReport, description: 'What the gateway found in the file.' }),
  }),
});

const InvalidFileError = builder.objectRef<Result.InvalidFileError>('InvalidFileError').implement({
  description:
    'The file itself is wrong. Nothing was uploaded, except for the parts of a split file listed in `jobs`.',
  interfaces: [UploadError],
  fields: (t) => ({
    problems: t.expose('problems', { type: [FileProblem], description: 'The first 100 problems.' }),
    problemCount: t.exposeInt('problemCount', {
      description: 'Number of problems found, including those not listed.',
    }),
    jobs: t.expose('jobs', {
      type: [UploadJob],
      description: 'Jobs already created for earlier parts of a split file.',
    }),
    idempotencyKey: t.exposeString('idempotencyKey', {
      description:
        'Upload the corrected file with this key. If there are `jobs`, the upload continues after them.',
    }),
  }),
});

const InvalidInputError = builder.objectRef<Result.InvalidInputError>('InvalidInputError').implement({
  description: 'An argument is wrong. Nothing was uploaded.',
  interfaces: [UploadError],
  fields: (t) => ({
    field: t.exposeString('field', {
      description: 'Path of the argument, for example `input.columns.billId`.',
    }),
  }),
});

const UpstreamRejectedError = builder
  .objectRef<Result.UpstreamRejectedError>('UpstreamRejectedError')
  .implement({
    description: 'Capillary refused the upload.',
    interfaces: [UploadError],
    fields: (t) => ({
      httpStatus: t.exposeInt('httpStatus', { description: "HTTP status of Capillary's answer." }),
      upstreamCode: t.exposeString('upstreamCode', {
        nullable: true,
        description: "Capillary's error code, if it gave one.",
      }),
      requestId: t.exposeString('requestId', {
        nullable: true,
        description: "Identifies the failed request: quote it to Capillary's support.",
      }),
      idempotencyKey: t.exposeString('idempotencyKey', {
        description: 'Repeat a split file with this key to continue at the first missing part.',
      }),
      jobs: t.expose('jobs', {
        type: [UploadJob],
        description: 'Jobs already created for earlier parts of a split file.',
      }),
    }),
  });

const UploadOutcomeUnknownError = builder
  .objectRef<Result.UploadOutcomeUnknownError>('UploadOutcomeUnknownError')
  .implement({
    description:
      'Capillary may or may not have created a job: the connection broke after the whole file was sent and the job is ' +
      "not in Capillary's list yet, or another upload with the same key is still running.",

    interfaces: [UploadError],
    fields: (t) => ({
      idempotencyKey: t.exposeString('idempotencyKey', {
        description: 'Repeat the upload with this key: it either finds the job or uploads the file.',
      }),
      jobs: t.expose('jobs', {
        type: [UploadJob],
        description: 'Jobs already created for earlier parts of a split file.',
      }),
    }),
  });

/** What both mutations return; its members are listed by the model of the same name. */
export const UploadResult = builder.unionType('UploadResult', {
  description:
    'Result of an upload. Problems that the user can fix are members of this union, not GraphQL errors.',
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
