import type { LookUp } from '../caller-token.ts';
import type { Log } from '../log.ts';
import type { Span } from '../span.ts';
import { requestId } from './request-id.ts';
import { noTracing, type Tracing } from './tracing.ts';

/** The types of operations in GraphQL. */
export type OperationType = 'query' | 'mutation' | 'subscription';

/** One operation when it is over. */
export interface FinishedOperation {
  /** `undefined`: refused before its document was understood. */
  readonly type: OperationType | undefined;
  /** `OK`, the code of its first error, or `CLIENT_GONE`. */
  readonly code: string;
  readonly seconds: number;
  /** It brought a file, and failed before an upload began. */
  readonly isUploadRefused: boolean;
}

/** Where the errors of an operation are noted. */
export interface ErrorNotes {
  readonly requestId: string;
  /** The operation has an error of this code. The first one counts. */
  failed(code: string): void;
  /** An error that the caller is told nothing about: it goes to the log. */
  bug(error: unknown, path?: readonly (string | number)[]): void;
}

/** One operation, from its request to the end of its answer, as logs, metrics and traces know it. */
export interface OperationRecord extends ErrorNotes {
  readonly span: Span;
  /** Tells what the document turned out to be. */
  is(type: OperationType, name: string | undefined): void;
  /** Its request holds a file: it counts as an upload that was refused, unless an upload begins. */
  bringsFile(): void;
  /** An upload has begun, and tells its end itself. */
  uploads(): void;
  /** The answer is out; `gone`: its client went away before that. The first call counts. */
  end(gone: boolean): void;
}

/** Where records go. */
export interface OperationRecordsOptions {
  readonly log: Pick<Log, 'debug' | 'error'>;
  /** Hears of each operation when it is over. Default: nobody. */
  readonly onOperation?: ((operation: FinishedOperation) => void) | undefined;
  readonly tracing?: Tracing | undefined;
  /** Milliseconds of a monotonic clock. */
  readonly now?: (() => number) | undefined;
}

/** Begins the record of an operation; `lookUp` finds the headers that its caller sent. */
export type BeginOperation = (lookUp: LookUp) => OperationRecord;

/** Keeps a record of each operation. A request that holds none, such as one for a page, leaves no trace. */
export function createOperationRecords(options: OperationRecordsOptions): BeginOperation {
  const { log, onOperation = () => {}, tracing = noTracing, now = () => performance.now() } = options;

  return (lookUp) => {
    const startedMs = now();
    const id = requestId(lookUp);
    const span = tracing.begin('GraphQL Operation', lookUp);
    const { traceId } = span;
    let type: OperationType | undefined;
    let operationName: string | undefined;
    let failure: string | undefined;
    let isFileWaiting = false;
    let ended = false;

    return {
      requestId: id,
      span,
      is(foundType, name) {
        type = foundType;
        operationName = name?.slice(0, 100);
      },
      bringsFile() {
        isFileWaiting = true;
      },
      uploads() {
        isFileWaiting = false;
      },
      failed(code) {
        failure ??= code;
      },
      bug(error, path) {
        log.error({ requestId: id, traceId, path, err: error }, 'unexpected error');
      },
      end(gone) {
        if (ended) return;
        ended = true;
        // Going away is the proper end of a subscription.
        const code = failure ?? (gone && type !== 'subscription' ? 'CLIENT_GONE' : 'OK');
        if (type === undefined && code === 'OK') return;
        const seconds = (now() - startedMs) / 1000;
        onOperation({ type, code, seconds, isUploadRefused: isFileWaiting && code !== 'OK' });
        // Field by field: a spread here costs three times as much as all the rest of a record.
        log.debug({ requestId: id, traceId, type, operationName, code, seconds }, 'operation');
        if (type) span.rename(type);
        span.set({
          'graphql.operation.type': type,
          'graphql.operation.name': operationName,
          'request.id': id,
        });
        span.end(code === 'OK' ? undefined : code);
      },
    };
  };
}
