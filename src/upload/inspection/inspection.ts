import type { FileProblem } from '../scan/file-problem.ts';
import type {
  InspectionAnswer,
  InspectionPlan,
  InspectionReport,
  InspectionRequest,
} from './inspection-messages.ts';

/** Told as the file is looked at, never from within a call of `Inspection`'s. */
export interface InspectionEvents {
  /** The next bytes of the file, looked at. */
  onBytes(bytes: Buffer): void;
  /** A new part begins here, which must start with `header`. */
  onCut(header: Buffer): void;
  /** What one answer of the thread told is complete. */
  onTold(): void;
  /** There is room again after `write` said no. */
  onRoom(): void;
  /** The file is wrong as a whole: nothing more will be told. */
  onFatal(problem: FileProblem): void;
  /** All was looked at; comes after `end()`. */
  onReport(report: InspectionReport): void;
  /** The thread broke. A bug. */
  onFailure(error: Error): void;
}

export interface Inspection {
  /** Takes all of the chunk; false: no more until `onRoom`. The chunk must not change before its `onBytes`. */
  write(chunk: Buffer): boolean;
  end(): void;
  /** Nothing is told any more. May be called twice. */
  close(): void;
  take(answer: InspectionAnswer): void;
  fail(error: Error): void;
}

export interface InspectionOptions {
  readonly id: number;
  readonly plan: InspectionPlan;
  readonly events: InspectionEvents;
  readonly send: (request: InspectionRequest) => void;
  readonly onClose: () => void;
  /** Shared memory of one file. Default 6 blocks of 128 KiB: enough that neither thread waits for the other. */
  readonly blockCount?: number;
  readonly blockBytes?: number;
}

/** What one message to the thread carries, in bytes. Smaller ones cost more messages, larger ones more memory. */
export const blockSize = 128 * 1024;

/** One file's way through the thread: copied into shared blocks, and told on when the thread has seen it. */
export function createInspection(options: InspectionOptions): Inspection {
  const { id, plan, events, send, onClose, blockCount = 6, blockBytes = blockSize } = options;
  const shared = Array.from({ length: blockCount }, () => new SharedArrayBuffer(blockBytes));
  const blocks = shared.map((block) => Buffer.from(block));
  const free = shared.map((_, index) => index);
  /** Sent, not yet answered: the bytes that each block holds, as they came. */
  const sent: Buffer[][] = [];
  /** Came, not yet sent. */
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let ending = false;
  let closed = false;
  let full = false;
  let header = Buffer.alloc(0);
  let restFlush: NodeJS.Immediate | undefined;

  send({ type: 'open', id, plan, blocks: shared });

  /**
   * Sends what came, as far as there are blocks for it: full blocks, since a message costs as much as a block of work,
   * and the rest only when the thread has nothing else to do, for a slow client's bytes must not lie about.
   */
  function flush(least = sent.length > 0 && !ending ? blockBytes : 1): void {
    while (waitingBytes >= least && waitingBytes > 0 && free.length > 0) {
      const index = free.pop() as number;
      const block = blocks[index] as Buffer;
      const pieces: Buffer[] = [];
      let bytes = 0;
      while (waiting.length > 0 && bytes < blockBytes) {
        const chunk = waiting.shift() as Buffer;
        const piece = chunk.subarray(0, blockBytes - bytes);
        if (piece.length < chunk.length) waiting.unshift(chunk.subarray(piece.length));
        block.set(piece, bytes);
        bytes += piece.length;
        pieces.push(piece);
      }
      waitingBytes -= bytes;
      sent.push(pieces);
      send({ type: 'block', id, block: index, bytes });
    }
    if (ending && waitingBytes === 0) {
      ending = false;
      send({ type: 'end', id });
    }
  }

  function flushRest(): void {
    restFlush = undefined;
    flush();
  }

  function tell(pieces: readonly Buffer[], cuts: readonly number[]): void {
    const places = [...cuts];
    let offset = 0;
    for (const piece of pieces) {
      let from = 0;
      while (places[0] !== undefined && places[0] < offset + piece.length) {
        const at = (places.shift() as number) - offset;
        if (at > from) events.onBytes(piece.subarray(from, at));
        events.onCut(header);
        from = at;
      }
      if (from < piece.length) events.onBytes(piece.subarray(from));
      offset += piece.length;
    }
  }

  function close(): void {
    if (closed) return;
    closed = true;
    clearImmediate(restFlush);
    waiting = [];
    sent.length = 0;
    send({ type: 'close', id });
    onClose();
  }

  return {
    write(chunk) {
      waiting.push(chunk);
      waitingBytes += chunk.length;
      flush(blockBytes);
      // More may have come in this very turn of the loop: the thread gets it as one.
      if (waitingBytes > 0) restFlush ??= setImmediate(flushRest);
      full = waitingBytes >= blockBytes;
      return !full;
    },
    end() {
      ending = true;
      flush();
    },
    close,
    take(answer) {
      if (closed) return;
      if (answer.type === 'report') {
        close();
        events.onReport(answer.report);
        return;
      }
      free.push(answer.block);
      if (answer.header) header = Buffer.from(answer.header);
      const pieces = sent.shift() ?? [];
      if (answer.fatal) {
        close();
        events.onFatal(answer.fatal);
        return;
      }
      tell(pieces, answer.cuts);
      flush();
      events.onTold();
      if (full && waitingBytes < blockBytes) {
        full = false;
        events.onRoom();
      }
    },
    fail(error) {
      if (closed) return;
      close();
      events.onFailure(error);
    },
  };
}
