import type { FileProblem } from '../scan/file-problem.ts';
import { blockBytes, blockCount, createBlockMemory, openBlockRing } from './block-ring.ts';
import type { Finding, InspectionPlan, InspectionReport, InspectionRequest } from './inspection-messages.ts';

/** Told as the file is looked at; but for `onBytes` and `onCut`, never from within `write`. */
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
}

/** As its thread's owner has it. */
export interface ThreadInspection extends Inspection {
  /** The thread may have scanned more. */
  look(): void;
  /** What the thread says of a block. */
  take(finding: Finding): void;
  finish(report: InspectionReport): void;
  fail(error: Error): void;
}

export interface InspectionOptions {
  readonly id: number;
  readonly plan: InspectionPlan;
  readonly events: InspectionEvents;
  readonly send: (request: InspectionRequest) => void;
  /** Tells the thread of a block: at once, or as soon as it looks for more. */
  readonly call: (atOnce: boolean) => void;
  readonly onClose: () => void;
}

/** One file's way through the thread: copied into shared blocks, and told on when the thread has seen it. */
export function createInspection(options: InspectionOptions): ThreadInspection {
  const { id, plan, events, send, call, onClose } = options;
  const memory = createBlockMemory();
  const ring = openBlockRing(memory);
  /** Sent, not yet taken back: the bytes that each block holds, as they came. */
  const sent: Buffer[][] = [];
  /** What was found in them, by the number of the block. */
  const found = new Map<number, Finding>();
  let taken = 0;
  /** Came, not yet sent. */
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let ending = false;
  let closed = false;
  let full = false;
  let header = Buffer.alloc(0);
  let restFlush: NodeJS.Immediate | undefined;

  send({ type: 'open', id, plan, memory });

  /**
   * Sends what came, as far as there are blocks for it: full blocks, and the rest only when the thread has nothing else
   * to do, for a slow client's bytes must not lie about.
   */
  function flush(least = sent.length > 0 && !ending ? blockBytes : 1): void {
    while (waitingBytes >= least && waitingBytes > 0 && sent.length < blockCount) {
      const block = ring.block(taken + sent.length);
      const pieces: Buffer[] = [];
      let bytes = 0;
      while (waiting.length > 0 && bytes < blockBytes) {
        const chunk = waiting.shift() as Buffer;
        const piece = chunk.subarray(0, blockBytes - bytes);
        if (piece.length < chunk.length) waiting.unshift(chunk.subarray(piece.length));
        // Not `set`, which copies to shared memory word by word, and takes ten times as long.
        block.fill(piece, bytes, bytes + piece.length);
        bytes += piece.length;
        pieces.push(piece);
      }
      waitingBytes -= bytes;
      sent.push(pieces);
      ring.send(bytes);
      // A thread that is called for each block sleeps and wakes more than it works.
      call(sent.length >= blockCount / 3);
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

  /** Tells on what the thread has looked at. */
  function takeBack(): void {
    for (const scanned = ring.scanned; taken < scanned && !closed; ) {
      const finding = found.get(taken);
      // Its message is on the way.
      if (ring.isMarked(taken) && !finding) return;
      found.delete(taken);
      if (finding?.header) header = Buffer.from(finding.header);
      const pieces = sent.shift() ?? [];
      taken += 1;
      ring.takeBack();
      if (finding?.fatal) {
        close();
        events.onFatal(finding.fatal);
        return;
      }
      tell(pieces, finding?.cuts ?? []);
    }
  }

  function look(): void {
    takeBack();
    if (closed) return;
    flush();
    events.onTold();
    if (full && waitingBytes < blockBytes) {
      full = false;
      events.onRoom();
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
      takeBack();
      flush(blockBytes);
      // More may have come in this very turn of the loop: the thread gets it as one.
      if (waitingBytes > 0) restFlush ??= setImmediate(flushRest);
      full = waitingBytes >= blockBytes;
      if (full) ring.want(taken + blockCount / 2);
      return !full;
    },
    end() {
      ending = true;
      flush();
    },
    close,
    look,
    take(finding) {
      found.set(finding.block, finding);
      look();
    },
    finish(report) {
      look();
      if (closed) return;
      close();
      events.onReport(report);
    },
    fail(error) {
      if (closed) return;
      close();
      events.onFailure(error);
    },
  };
}
