import type { CapillaryError } from '../../capillary/capillary-error.ts';
import type { UploadJob } from '../../jobs/upload-job.ts';
import type { InspectionReport } from '../inspection/inspection-messages.ts';
import type { FileProblem } from '../scan/file-problem.ts';
import type { FileRefusedError } from './file-refused-error.ts';

/** What was found in a file that passed. */
export interface FileReport extends InspectionReport {
  /** As the user named it. */
  readonly name: string;
}

/** With what the caller of an upload that went no further can go on. */
export interface SoFar {
  /** The key to repeat with. */
  readonly idempotencyKey: string;
  /** Those that were made of the parts before. */
  readonly jobs: readonly UploadJob[];
}

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

/** The file itself is wrong. */
export interface InvalidFileError extends SoFar {
  readonly __typename: 'InvalidFileError';
  readonly message: string;
  readonly problems: readonly FileProblem[];
  readonly problemCount: number;
}

/** An argument is wrong. Nothing was uploaded. */
export interface InvalidInputError {
  readonly __typename: 'InvalidInputError';
  readonly message: string;
  /** Path of the argument, such as `input.columns.billId`. */
  readonly field: string;
}

/** Upstream answered, and refused. */
export interface UpstreamRejectedError extends SoFar {
  readonly __typename: 'UpstreamRejectedError';
  readonly message: string;
  readonly httpStatus: number;
  readonly upstreamCode: string | undefined;
  readonly requestId: string | undefined;
}

/** Upstream may have the file: a repeat with the key finds the job, or uploads. */
export interface UploadOutcomeUnknownError extends SoFar {
  readonly __typename: 'UploadOutcomeUnknownError';
  readonly message: string;
  /** For the record: upstream, unless it was another upload with the key. */
  readonly brokenOffBy: 'gateway' | 'upstream';
}

/** The result for a refused file. */
export function invalidFile(error: FileRefusedError, soFar: SoFar): InvalidFileError {
  const { message, problems, problemCount } = error;
  return { __typename: 'InvalidFileError', message, problems, problemCount, ...soFar };
}

/** Says which argument is wrong. `field` is its path below `input`. */
export function refuseInput(field: string, message: string): { readonly refusal: InvalidInputError } {
  return { refusal: { __typename: 'InvalidInputError', message, field: `input.${field}` } };
}

/** The result for a `REJECTED` of upstream. */
export function upstreamRejected(error: CapillaryError, soFar: SoFar): UpstreamRejectedError {
  const { message, httpStatus = 400, upstreamCode, requestId } = error;
  return { __typename: 'UpstreamRejectedError', message, httpStatus, upstreamCode, requestId, ...soFar };
}

/** The result where another upload holds the key, or held it meanwhile. */
export function keyBusy(soFar: SoFar): UploadOutcomeUnknownError {
  const message =
    'Another upload with this key is under way, or was until now, and this one was not completed. Repeat with the key.';
  return { __typename: 'UploadOutcomeUnknownError', message, brokenOffBy: 'gateway', ...soFar };
}

/** The result where upstream may have what its list does not show. */
export function outcomeUnknown(message: string, soFar: SoFar): UploadOutcomeUnknownError {
  return { __typename: 'UploadOutcomeUnknownError', message, brokenOffBy: 'upstream', ...soFar };
}
