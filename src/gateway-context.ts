import type { Credential } from './capillary/credential.ts';
import type { SeriesJobs } from './jobs/series-jobs.ts';
import type { UploadRecord, UploadToRecord } from './observe/upload-record.ts';
import type { UploadFile } from './upload/upload-file.ts';
import type { Watcher } from './watch/create-watcher.ts';

/** The context of one operation: all that resolvers work with. */
export interface GatewayContext {
  /** The caller's, or the gateway's own. Throws `GatewayError` `UNAUTHENTICATED` when there is none. */
  credential(): Credential;
  /** Aborts when nobody waits for the answer any longer. */
  readonly signal: AbortSignal;
  readonly seriesJobs: SeriesJobs;
  readonly uploadFile: UploadFile;
  /** Begins the record of an upload. Whoever begins it reports its end. */
  beginUpload(upload: UploadToRecord): UploadRecord;
  readonly watcher: Watcher;
}
