import { CapillaryError } from '../capillary/capillary-error.ts';
import type { UploadKind } from '../capillary/upstream-job.ts';
import { GatewayError, isAbort } from '../errors.ts';
import { isSeriesId } from '../jobs/job-id.ts';
import { shownFileName } from '../jobs/keyed-file-name.ts';
import type { Log } from '../log.ts';
import { publicCode } from '../public-code.ts';
import type { UploadEvents } from '../upload/file-upload.ts';
import type { UploadResult } from '../upload/result/upload-result.ts';
import type { OperationRecord } from './operation-record.ts';

/** A finished upload. Its log line has these fields, and the id of its request. */
export interface FinishedUpload {
  readonly kind: UploadKind;
  readonly couponSeriesId: string | undefined;
  readonly dryRun: boolean;
  /** The user's name for the file. `undefined`: it never began to arrive. */
  readonly fileName: string | undefined;
  /** Bytes of the file that arrived. */
  readonly bytes: number;
  /** Known once the whole file has passed. */
  readonly rows: number | undefined;
  readonly problemCount: number | undefined;
  /** The code of the first problem that was found. */
  readonly firstProblem: string | undefined;
  /** How many parts were sent upstream now: those of a split file, or one. */
  readonly parts: number;
  /** Ids of the jobs that were made, by this try or an earlier one. */
  readonly jobs: readonly string[];
  /** The member of `UploadResult`, the code of the error, or `CLIENT_GONE`. */
  readonly outcome: string;
  readonly brokenOffBy: 'client' | 'gateway' | 'upstream' | undefined;
  readonly replayed: boolean;
  /** The name that upstream gave the request that it refused. */
  readonly upstreamRequestId: string | undefined;
  readonly seconds: number;
  readonly megabytesPerSecond: number;
}

/** An upload under way, for the metrics. */
export interface RunningUpload {
  readonly kind: UploadKind;
  /** Bytes of the file so far. */
  bytes(): number;
}

/** Hears of an upload when it begins, and by the function returned when it is over. */
export type OnUpload = (upload: RunningUpload) => (finished: FinishedUpload) => void;

/** What is recorded while an upload runs. Exactly one of `ended` and `failed` is called. */
export interface UploadRecord extends UploadEvents {
  ended(result: UploadResult): void;
  failed(error: unknown): void;
}

/** What is known of an upload before it begins. */
export interface UploadToRecord {
  readonly kind: UploadKind;
  /** As the caller wrote it. */
  readonly couponSeriesId: string;
  readonly dryRun: boolean;
}

/** Where records go. */
export interface UploadRecordsOptions {
  readonly log: Pick<Log, 'info'>;
  readonly onUpload: OnUpload;
}

/** Begins the record of an upload within an operation. */
export type BeginUpload = (
  operation: Pick<OperationRecord, 'requestId' | 'span'> & { readonly signal: AbortSignal },
  upload: UploadToRecord,
) => UploadRecord;

/** Records each upload in one line of the log and one span, whatever becomes of it. */
export function createUploadRecords({ log, onUpload }: UploadRecordsOptions): BeginUpload {
  return ({ requestId, span: parent, signal }, { kind, couponSeriesId, dryRun }) => {
    const startedMs = performance.now();
    const span = parent.begin('upload', 'step');
    let fileName: string | undefined;
    let bytes = () => 0;
    let parts = 0;
    const jobs: string[] = [];
    const onEnd = onUpload({ kind, bytes: () => bytes() });

    function end(what: Told): void {
      const seconds = (performance.now() - startedMs) / 1000;
      const finished: FinishedUpload = {
        kind,
        couponSeriesId: isSeriesId(couponSeriesId) ? couponSeriesId : undefined,
        ...{ dryRun, fileName, bytes: bytes(), parts },
        ...{ rows: undefined, problemCount: undefined, firstProblem: undefined, jobs: [], replayed: false },
        ...{ brokenOffBy: undefined, upstreamRequestId: undefined },
        ...what,
        seconds: round(seconds, 3),
        megabytesPerSecond: round(seconds > 0 ? bytes() / 1e6 / seconds : 0, 1),
      };
      onEnd(finished);
      log.info({ requestId, traceId: span.traceId, ...finished }, 'upload');
      span.set(attributesOf(finished));
      span.end(finished.brokenOffBy && finished.outcome);
    }

    return {
      span,
      onFile(name, counter) {
        fileName = shownFileName(name).slice(0, 255);
        bytes = counter;
      },
      onPart() {
        parts += 1;
      },
      onJob: (id) => void jobs.push(id),
      ended: (result) => end(toldOf(result)),
      // A client that is gone is told nothing, so whatever else went wrong then does not matter.
      failed: (error) =>
        end({ jobs, ...thrown(signal.aborted && isAbort(signal.reason) ? signal.reason : error) }),
    };
  };
}

type Told = Pick<FinishedUpload, 'outcome'> & Partial<FinishedUpload>;

function toldOf(result: UploadResult): Told {
  const outcome = result.__typename;
  const jobs = 'jobs' in result ? result.jobs.map(({ id }) => id) : [];
  switch (result.__typename) {
    case 'UploadAccepted':
    case 'UploadChecked': {
      const { rows, problemCount, problems } = result.file;
      const replayed = 'replayed' in result && result.replayed;
      return { outcome, jobs, rows, problemCount, firstProblem: problems[0]?.code, replayed };
    }
    case 'InvalidFileError': {
      const { problemCount, problems } = result;
      return { outcome, jobs, problemCount, firstProblem: problems[0]?.code, brokenOffBy: 'gateway' };
    }
    case 'InvalidInputError':
      return { outcome, brokenOffBy: 'gateway' };
    case 'UpstreamRejectedError':
      return { outcome, jobs, brokenOffBy: 'upstream', upstreamRequestId: result.requestId };
    case 'UploadOutcomeUnknownError':
      return { outcome, jobs, brokenOffBy: result.brokenOffBy };
  }
}

/** Codes for what the client did, as opposed to what it was refused for. */
const clientCodes = new Set(['CLIENT_GONE', 'TRUNCATED', 'REQUEST_TIMEOUT', 'BAD_REQUEST', 'FILE_MISSING']);

function thrown(error: unknown): Told {
  const outcome = publicCode(error) ?? 'CLIENT_GONE';
  const cause = error instanceof GatewayError ? error.cause : error;
  if (cause instanceof CapillaryError) {
    return { outcome, brokenOffBy: 'upstream', upstreamRequestId: cause.requestId };
  }
  return { outcome, brokenOffBy: clientCodes.has(outcome) ? 'client' : 'gateway' };
}

function attributesOf(upload: FinishedUpload) {
  return {
    'upload.kind': upload.kind,
    'upload.series': upload.couponSeriesId,
    'upload.bytes': upload.bytes,
    'upload.rows': upload.rows,
    'upload.parts': upload.parts,
    'upload.outcome': upload.outcome,
    'upload.replayed': upload.replayed,
    'upload.dry_run': upload.dryRun,
  };
}

function round(number: number, digits: number): number {
  return Number(number.toFixed(digits));
}
