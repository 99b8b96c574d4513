import { randomBytes } from 'node:crypto';
import type { CapillaryClient } from '../capillary/capillary-client.ts';
import { CapillaryError } from '../capillary/capillary-error.ts';
import type { Credential } from '../capillary/credential.ts';
import type { UploadForm } from '../capillary/upload-form.ts';
import { toUploadJob, type UploadJob } from '../jobs/upload-job.ts';
import { FileRefusedError } from './file-refused-error.ts';
import { findUploaded } from './find-uploaded.ts';
import type { IncomingFile } from './incoming-file.ts';
import { cleanFileName, fileKey, keyedFileName } from './keyed-file-name.ts';
import { createPassingFile } from './passing-file.ts';
import type { FileReport, UploadResult } from './upload-result.ts';

export interface UploadFileOptions {
  readonly client: CapillaryClient;
  readonly maxFileBytes: number;
  /** How long the client may send nothing. */
  readonly idleTimeoutMs: number;
  /** Pauses between the looks into the status list for a job whose answer was lost. */
  readonly lookPausesMs?: readonly number[];
}

export interface FileUpload {
  readonly file: IncomingFile;
  readonly form: UploadForm;
  readonly credential: Credential;
  readonly signal: AbortSignal;
}

/**
 * Sends one file from the client to upstream, as it arrives. Resolves to what a person can act on; rejects with
 * `CapillaryError` or `GatewayError` for the rest, or the signal's reason. The file is released on every path.
 */
export type UploadFile = (upload: FileUpload) => Promise<UploadResult>;

export function createUploadFile(options: UploadFileOptions): UploadFile {
  const { client, maxFileBytes, idleTimeoutMs, lookPausesMs = [0, 500, 1_500] } = options;

  return async function uploadFile({ file: incoming, form, credential, signal }) {
    const idempotencyKey = randomBytes(18).toString('base64url');
    const key = fileKey(idempotencyKey);
    try {
      // A refused token is best heard of before the file is spent on it.
      await proveToken(client, form, credential, signal);
      const file = await incoming.open(signal);
      const name = cleanFileName(file.name);
      const passing = createPassingFile({ file, maxFileBytes, idleTimeoutMs });
      const fileName = keyedFileName({ name, key, part: undefined });
      const outcome = await client.sendUpload({ form, fileName, file: passing, credential, signal });
      const report = (): FileReport => ({ name, bytes: passing.bytes(), sha256: passing.sha256() });
      if (outcome.ok) return accepted([toUploadJob(outcome.job)], report());

      const { error, whole } = outcome;
      if (error instanceof FileRefusedError) return invalidFile(error);
      if (!(error instanceof CapillaryError)) throw error;
      if (error.code === 'REJECTED') return rejected(error);
      if (!whole || isRefusal(error)) throw error;
      const { kind, couponSeriesId } = form;
      const found = await findUploaded(client, {
        kind,
        couponSeriesId,
        key,
        credential,
        signal,
        lookPausesMs,
      });
      if (found.jobs.length > 0) return accepted(found.jobs.map(toUploadJob), report());
      // Upstream itself said no, and its list bears it out.
      if (error.explicit && found.listed) throw error;
      return outcomeUnknown(error, idempotencyKey);
    } finally {
      incoming.release();
    }
  };
}

/**
 * With tokens of our own a refused one can be renewed, but an upload cannot be repeated: its bytes are gone. So the
 * token is tried on a read first. Whatever else that read comes to, the upload will tell better.
 */
async function proveToken(
  client: CapillaryClient,
  form: UploadForm,
  credential: Credential,
  signal: AbortSignal,
) {
  if (!credential.renewable) return;
  try {
    const { kind, couponSeriesId } = form;
    await client.listJobs({ kind, couponSeriesId, credential, signal, retry: false });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CapillaryError && error.code === 'UNAUTHENTICATED') throw error;
  }
}

function isRefusal({ code }: CapillaryError): boolean {
  return code === 'UNAUTHENTICATED' || code === 'FORBIDDEN' || code === 'RATE_LIMITED';
}

function accepted(jobs: readonly UploadJob[], file: FileReport): UploadResult {
  return { __typename: 'UploadAccepted', jobs, file, replayed: false };
}

function invalidFile({ message, problems, problemCount }: FileRefusedError): UploadResult {
  return { __typename: 'InvalidFileError', message, problems, problemCount };
}

function rejected({ message, httpStatus = 400, upstreamCode, requestId }: CapillaryError): UploadResult {
  return { __typename: 'UpstreamRejectedError', message, httpStatus, upstreamCode, requestId, jobs: [] };
}

function outcomeUnknown(error: CapillaryError, idempotencyKey: string): UploadResult {
  const message = `Capillary has the whole file, but its answer was lost, and its list does not show the job yet: ${error.message}`;
  return { __typename: 'UploadOutcomeUnknownError', message, idempotencyKey, jobs: [] };
}
