import type { CapillaryClient } from '../capillary/capillary-client.ts';
import type { Credential } from '../capillary/credential.ts';
import type { UploadForm } from '../capillary/upload-form.ts';
import type { Span } from '../span.ts';
import type { IncomingFile } from './form/incoming-file.ts';
import type { UploadOptions } from './input/check-upload-options.ts';
import type { Inspector } from './inspection/create-inspector.ts';
import type { KeyLock } from './repeats/key-lock.ts';

/** What all uploads of a gateway share. Times in milliseconds. */
export interface UploadDeps {
  readonly client: CapillaryClient;
  readonly inspector: Inspector;
  readonly keyLock: KeyLock;
  readonly maxFileBytes: number;
  /** How long the client may send nothing. */
  readonly idleTimeoutMs: number;
  /**
   * Pauses before each look into the status list for a job whose answer was lost. A repeat looks once more,
   * after twice the last.
   */
  readonly lookPausesMs: readonly number[];
}

/** One upload, as its resolver asks for it. */
export interface FileUpload {
  readonly file: IncomingFile;
  readonly form: UploadForm;
  readonly options: UploadOptions;
  readonly credential: Credential;
  readonly signal: AbortSignal;
  /** Whether the file's SHA-256 is worked out. Default: no. */
  readonly wantsSha256?: boolean | undefined;
  /** Hears of the upload's steps. Default: nobody. */
  readonly record?: UploadEvents | undefined;
}

/** The steps of an upload, for its record. */
export interface UploadEvents {
  /** The span that calls upstream belong to. */
  readonly span: Span;
  /** The file has begun to arrive; `bytes` tells how much of it has. */
  onFile(name: string, bytes: () => number): void;
  /** A part goes upstream. */
  onPart(): void;
  /** Upstream has this job of the file, made now or by an earlier try. */
  onJob(id: string): void;
}
