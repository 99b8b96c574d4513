import type { ByteSource, ByteTaker } from '../../capillary/byte-source.ts';
import type { FileStream } from '../form/incoming-file.ts';
import type { Inspector } from '../inspection/create-inspector.ts';
import type { InspectedPiece } from '../inspection/inspection.ts';
import type { InspectionPlan, InspectionReport } from '../inspection/inspection-messages.ts';
import { FileRefusedError } from '../result/file-refused-error.ts';
import { createClientWatch } from './client-watch.ts';
import { listenToFile, whyCutOff } from './file-events.ts';

/** Which file passes, and what it is checked for. */
export interface PassingFileOptions {
  readonly file: FileStream;
  readonly inspector: Pick<Inspector, 'open'>;
  readonly plan: InspectionPlan;
  /** May refuse a file that was read to its end and is not wrong as a whole. */
  readonly judge: (report: InspectionReport) => FileRefusedError | undefined;
  /** How long the client may send nothing while we wait for it. */
  readonly idleTimeoutMs: number;
}

/** A file on its way from the client: inspected as it passes, never kept. */
export interface PassingFile {
  /**
   * The next part of the file; without `rowsPerPart` the only one. Further parts begin with the header again. A part
   * fails in every case but its true end: cut off (`TRUNCATED`), stalled (`REQUEST_TIMEOUT`), refused
   * (`FileRefusedError`). To be asked for once the part before has ended, and only while the file is not over.
   */
  nextPart(): ByteSource;
  /** How many bytes have arrived so far. */
  bytes(): number;
  /** What was found, once the last part has come to its true end; `undefined` before. */
  report(): InspectionReport | undefined;
  /**
   * Whoever made it closes it, in whatever state it is: what still arrives is then read and dropped. May be
   * called twice.
   */
  close(): void;
}

/**
 * Turns the file part of a request into sources for the parts that go upstream. Nothing is passed on before
 * it was inspected. Once the file has failed or was stopped, what still arrives is read and dropped, so that
 * the client can receive the answer.
 */
export function createPassingFile(options: PassingFileOptions): PassingFile {
  const { file, inspector, plan, judge, idleTimeoutMs } = options;
  const { stream, formEnd } = file;
  /** The header, with which each further part begins, and whether the current part still lacks it. */
  let header: Buffer | undefined;
  let headerIsDue = false;
  let taker: ByteTaker | undefined;
  let takerIsFull = false;
  let pumping = false;
  let ended = false;
  let over = false;
  let passed = false;
  let failure: Error | undefined;
  let finalReport: InspectionReport | undefined;
  let bytes = 0;

  const inspection = inspector.open(plan, {
    onProgress: pump,
    onFatal: (problem) => fail(new FileRefusedError(problem.message, [problem])),
    onReport(report) {
      const { wholeFileProblem } = report;
      const refusal = wholeFileProblem
        ? new FileRefusedError(wholeFileProblem.message, [wholeFileProblem])
        : judge(report);
      if (refusal) return fail(refusal);
      // The end of the part is not the file's true end yet: a form without its last boundary was cut off, and
      // nobody knows where.
      formEnd.then(
        () => {
          finalReport = report;
          pump();
        },
        (reason: unknown) => fail(whyCutOff(reason)),
      );
    },
    onFailure: fail,
  });
  // After the call that may throw: otherwise its timers would run for ever.
  const client = createClientWatch({ file, idleTimeoutMs, onTooSlow: fail });
  const letFlow = listenToFile(file, { onData, onEnd, onCutOff: fail });

  /** Passes on what was inspected as far as it is wanted, and lets the client send as far as there is room. */
  function pump(): void {
    // A taker may ask for more from within the very write that it is taking.
    if (pumping) return;
    pumping = true;
    while (taker && !takerIsFull && !over) {
      const piece = nextPiece();
      if (!piece) break;
      if (Buffer.isBuffer(piece)) {
        write(taker, piece);
      } else {
        header = piece.header;
        endPart(taker);
      }
    }
    pumping = false;
    if (over) return;
    // All was inspected, and the taker, which is not full, has all of it.
    if (finalReport && taker && !takerIsFull) {
      passed = true;
      finish();
      endPart(taker);
      return;
    }
    if (ended) return;
    if (taker && !takerIsFull && !inspection.isFull()) {
      if (stream.isPaused()) stream.resume();
      client.begin();
    } else {
      stream.pause();
      client.end();
    }
  }

  function nextPiece(): InspectedPiece | undefined {
    if (!headerIsDue) return inspection.take();
    headerIsDue = false;
    return header;
  }

  function write(part: ByteTaker, piece: Buffer): void {
    takerIsFull = true;
    if (part.write(piece)) takerIsFull = false;
  }

  function endPart(part: ByteTaker): void {
    taker = undefined;
    takerIsFull = false;
    part.end();
  }

  function onData(chunk: Buffer): void {
    client.end();
    bytes += chunk.length;
    inspection.write(chunk);
    pump();
  }

  function onEnd(): void {
    ended = true;
    inspection.end();
    // A client may stop before the form's last boundary, too.
    client.fileEnded();
    formEnd.then(client.close, client.close);
  }

  function finish(): void {
    over = true;
    client.close();
    inspection.close();
    letFlow();
  }

  function fail(error: Error): void {
    if (over) return;
    failure = error;
    finish();
    taker?.fail(error);
  }

  return {
    nextPart() {
      let mine: ByteTaker | undefined;
      return {
        start(newTaker) {
          if (failure) return newTaker.fail(failure);
          mine = newTaker;
          taker = newTaker;
          takerIsFull = false;
          headerIsDue = header !== undefined;
          pump();
        },
        resume() {
          if (taker !== mine) return;
          takerIsFull = false;
          pump();
        },
        stop() {
          // A part that has ended stops nothing: the next one is not its business.
          if (!over && (mine === undefined || taker === mine)) finish();
        },
      };
    },
    bytes: () => bytes,
    report: () => (passed ? finalReport : undefined),
    close() {
      if (!over) finish();
    },
  };
}
