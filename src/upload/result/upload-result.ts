import type { CapillaryError } from '../../capillary/capillary-error.ts';
import type { UploadJob } from '../../jobs/upload-job.ts';
import type { InspectionReport } from '../inspection/inspection-messages.ts';
import type { FileProblem } from '../scan/file-problem.ts';
import type { FileRefusedError } from './file-refused-error.ts';

/** What was found in a file that passed. */
export interface FileReport extends Pick<InspectionReport, ReportFields> {
  /** As the user named it. */
  readonly name: string;
}

type ReportFields = 'bytes' | 'rows' | 'columns' | 'sha256' | 'problems' | 'problemCount' | 'notes';

/** What an upload came to, for the person who made it: the members of the public `UploadResult`. */
export type UploadResult =
  | UploadAccepted
  | UploadChecked
  | InvalidFileError
  | InvalidInputError
  | UpstreamRejectedError
  | UploadOutcomeUnknownError;

/** Upstream has the whole file. */
export interface UploadAccepted {
  readonly __typename: 'UploadAccepted';
  readonly jobs: readonly UploadJob[];
  readonly file: FileReport;
  readonly replayed: boolean;
}

/** A dry run: the file would be accepted. */
export interface UploadChecked {
  readonly __typename: 'UploadChecked';
  readonly file: FileReport;
}

/** The file itself is wrong. `jobs` are those of the parts before; `idempotencyKey` is the key to go on with. */
export interface InvalidFileError {
  readonly __typename: 'InvalidFileError';
  readonly message: string;
  readonly problems: readonly FileProblem[];
  readonly problemCount: number;
  readonly jobs: readonly UploadJob[];
  readonly idempotencyKey: string;
}

/** An argument is wrong. Nothing was uploaded. */
export interface InvalidInputError {
  readonly __typename: 'InvalidInputError';
  readonly message: string;
  /** Path of the argument, such as `input.columns.billId`. */
  readonly field: string;
}

/** Upstream answered, and refused. `jobs` are those of the parts before. */
export interface UpstreamRejectedError {
  readonly __typename: 'UpstreamRejectedError';
  readonly message: string;
  readonly httpStatus: number;
  readonly upstreamCode: string | undefined;
  readonly requestId: string | undefined;
  readonly idempotencyKey: string;
  readonly jobs: readonly UploadJob[];
}

/** Upstream may have the file: a repeat with the key finds the job, or uploads. */
export interface UploadOutcomeUnknownError {
  readonly __typename: 'UploadOutcomeUnknownError';
  readonly message: string;
  /** What upstream may have it from: this upload, or another one with the key, which was in its way. */
  readonly from: 'this' | 'another';
  readonly idempotencyKey: string;
  readonly jobs: readonly UploadJob[];
}

/**
 * The result for a refused file, with the key to go on with and the jobs that earlier parts of a split file have made.
 */
export function invalidFile(
  error: FileRefusedError,
  idempotencyKey: string,
  jobs: readonly UploadJob[] = [],
): InvalidFileError {
  const { message, problems, problemCount } = error;
  return { __typename: 'InvalidFileError', message, problems, problemCount, idempotencyKey, jobs };
}

/** Says which argument is wrong. `field` is its path below `input`. */
export function refuseInput(field: string, message: string): { readonly refusal: InvalidInputError } {
  return { refusal: { __typename: 'InvalidInputError', message, field: `input.${field}` } };
}

/** The result for a `REJECTED` of upstream, with the jobs that earlier parts of a split file have made. */
export function upstreamRejected(
  { message, httpStatus = 400, upstreamCode, requestId }: CapillaryError,
  idempotencyKey: string,
  jobs: readonly UploadJob[],
): UpstreamRejectedError {
  const told = { message, httpStatus, upstreamCode, requestId, idempotencyKey, jobs };
  return { __typename: 'UpstreamRejectedError', ...told };
}

/** The result where another upload holds the key, or held it meanwhile. `jobs` are those of the parts before. */
export function keyBusy(idempotencyKey: string, jobs: readonly UploadJob[] = []): UploadOutcomeUnknownError {
  const message =
    'Another upload with this key is under way, or was until now, and this one was not completed. Repeat with the key.';
  return { __typename: 'UploadOutcomeUnknownError', message, from: 'another', idempotencyKey, jobs };
}
