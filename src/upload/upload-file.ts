import { randomBytes } from 'node:crypto';
import type { CapillaryClient } from '../capillary/capillary-client.ts';
import { CapillaryError } from '../capillary/capillary-error.ts';
import { fileKey } from '../jobs/keyed-file-name.ts';
import { checkOnly } from './check-only.ts';
import type { FileUpload, UploadDeps } from './file-upload.ts';
import { awaitUploaded, type KeySearch, type UploadedPart } from './repeats/find-uploaded.ts';
import { type IsUnbroken, KeyBusyError } from './repeats/key-lock.ts';
import { createRecentMap } from './repeats/recent-map.ts';
import { keyBusy, type UploadResult, upstreamRejected } from './result/upload-result.ts';
import { sendParts } from './send-parts.ts';

/**
 * Sends one file from the client to upstream as it arrives. Resolves to what a person can act on; rejects with
 * `CapillaryError` or `GatewayError` for the rest, or with the signal's reason. The file is released on every path.
 */
export type UploadFile = (upload: FileUpload) => Promise<UploadResult>;

/** Makes the call behind both mutations. Holds no timer and nothing to close. */
export function createUploadFile(deps: UploadDeps): UploadFile {
  const { client, keyLock, lookPausesMs } = deps;
  // A last pause before a repeat sends again what may be upstream already: its sender has no answer to wait
  // for, and no other protection.
  const patientPausesMs = [...lookPausesMs, 2 * (lookPausesMs.at(-1) ?? 0)];
  // By key, how many parts of a file upstream has or may have: its list may show their jobs late.
  const partsOf = createRecentMap<number>(10_000);

  return async function uploadFile(upload) {
    const { file, form, options, credential, signal, record } = upload;
    const { idempotencyKey = randomBytes(18).toString('base64url') } = options;
    const { kind, couponSeriesId } = form;
    const key = fileKey(idempotencyKey);
    // With the organisation and not the credential: a repeat may come with a newer token.
    const name = `${kind}:${credential.orgId}:${couponSeriesId}:${key}`;
    const search: KeySearch = { kind, couponSeriesId, key, credential, signal, span: record?.span };

    async function send(uploaded: readonly UploadedPart[], isUnbroken: IsUnbroken): Promise<UploadResult> {
      // What is certain about this try says nothing about those before it.
      const before = partsOf.get(name) ?? 0;
      const onParts = (parts: number) => partsOf.set(name, Math.max(parts, before));
      return sendParts(deps, upload, { idempotencyKey, search, uploaded, isUnbroken, onParts });
    }

    try {
      if (options.dryRun) return await checkOnly(deps, upload, idempotencyKey);
      if (options.idempotencyKey === undefined) {
        // Before the file is spent on a token that is refused.
        await proveToken(client, search);
        return await send([], async () => true);
      }
      return await keyLock.hold(name, signal, async (isUnbroken) => {
        const parts = partsOf.get(name) ?? 0;
        return send(await awaitUploaded(client, search, parts, patientPausesMs), isUnbroken);
      });
    } catch (error) {
      const soFar = { idempotencyKey, jobs: [] };
      if (error instanceof KeyBusyError) return keyBusy(soFar);
      // The list is asked first, and refuses what the upload would be refused for.
      if (error instanceof CapillaryError && error.code === 'REJECTED') return upstreamRejected(error, soFar);
      throw error;
    } finally {
      file.release();
    }
  };
}

/**
 * With tokens of our own a refused one can be renewed, but an upload cannot be repeated: its bytes are gone. So the
 * token is tried on a read first. Any other failure of that read is ignored: the upload will show it better.
 */
async function proveToken(client: CapillaryClient, search: KeySearch): Promise<void> {
  if (!search.credential.renewable) return;
  try {
    await client.listJobs({ ...search, retry: false });
  } catch (error) {
    if (error instanceof CapillaryError && error.code === 'UNAUTHENTICATED') throw error;
  }
}
