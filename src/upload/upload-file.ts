import { randomBytes } from 'node:crypto';
import type { CapillaryClient } from '../capillary/capillary-client.ts';
import { CapillaryError } from '../capillary/capillary-error.ts';
import type { Credential } from '../capillary/credential.ts';
import type { UploadForm } from '../capillary/upload-form.ts';
import { checkOnly } from './check-only.ts';
import type { UploadOptions } from './check-upload-options.ts';
import { listUploaded } from './find-uploaded.ts';
import type { IncomingFile } from './incoming-file.ts';
import type { Inspector } from './inspection/create-inspector.ts';
import { KeyBusyError, type KeyLock } from './key-lock.ts';
import { fileKey } from './keyed-file-name.ts';
import { sendParts } from './send-parts.ts';
import type { UploadResult } from './upload-result.ts';
import { upstreamRejected } from './upstream-rejected.ts';

export interface UploadFileOptions {
  readonly client: CapillaryClient;
  readonly inspector: Inspector;
  readonly keyLock: KeyLock;
  readonly maxFileBytes: number;
  /** How long the client may send nothing. */
  readonly idleTimeoutMs: number;
  /** Pauses before the looks into the status list for a job whose answer was lost. Default 0, 500, 1,500. */
  readonly lookPausesMs?: readonly number[] | undefined;
}

export interface FileUpload {
  readonly file: IncomingFile;
  readonly form: UploadForm;
  readonly options: UploadOptions;
  readonly credential: Credential;
  readonly signal: AbortSignal;
}

/**
 * Sends one file from the client to upstream, as it arrives. Resolves to what a person can act on; rejects with
 * `CapillaryError` or `GatewayError` for the rest, or the signal's reason. The file is released on every path.
 */
export type UploadFile = (upload: FileUpload) => Promise<UploadResult>;

export function createUploadFile(deps: UploadFileOptions): UploadFile {
  const { client, keyLock } = deps;

  return async function uploadFile(upload) {
    const { file, form, options, credential, signal } = upload;
    try {
      if (options.dryRun) return await checkOnly(deps, upload);
      const { kind, couponSeriesId } = form;
      const { idempotencyKey } = options;
      if (idempotencyKey === undefined) {
        // A refused token is best heard of before the file is spent on it.
        await proveToken(client, upload);
        return await sendParts(deps, upload, randomBytes(18).toString('base64url'), []);
      }
      const key = fileKey(idempotencyKey);
      return await keyLock.hold(`${credential.id}:${kind}:${couponSeriesId}:${key}`, signal, async () => {
        const uploaded = await listUploaded(client, { kind, couponSeriesId, key, credential, signal });
        return sendParts(deps, upload, idempotencyKey, uploaded);
      });
    } catch (error) {
      const { idempotencyKey } = options;
      if (idempotencyKey === undefined) throw error;
      if (error instanceof KeyBusyError) return keyBusy(idempotencyKey);
      // The list, asked first, refuses what the upload would be refused for.
      if (error instanceof CapillaryError && error.code === 'REJECTED')
        return upstreamRejected(error, idempotencyKey, []);
      throw error;
    } finally {
      file.release();
    }
  };
}

/**
 * With tokens of our own a refused one can be renewed, but an upload cannot be repeated: its bytes are gone. So the
 * token is tried on a read first. Whatever else that read comes to, the upload will tell better.
 */
async function proveToken(client: CapillaryClient, { form, credential, signal }: FileUpload): Promise<void> {
  if (!credential.renewable) return;
  try {
    const { kind, couponSeriesId } = form;
    await client.listJobs({ kind, couponSeriesId, credential, signal, retry: false });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CapillaryError && error.code === 'UNAUTHENTICATED') throw error;
  }
}

function keyBusy(idempotencyKey: string): UploadResult {
  const message = 'Another upload with this key is under way. Repeat with the key when it is done.';
  return { __typename: 'UploadOutcomeUnknownError', message, idempotencyKey, jobs: [] };
}
