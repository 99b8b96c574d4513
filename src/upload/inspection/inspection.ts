import type { FileProblem } from '../scan/file-problem.ts';
import { blockBytes, blockCount, openBlockRing } from './block-ring.ts';
import type { Finding, InspectionPlan, InspectionReport, InspectionRequest } from './inspection-messages.ts';

/** Told as the file is looked at, never from within a call of its inspection. */
export interface InspectionEvents {
  /** There may be more to take, and room to write. */
  onProgress(): void;
  /** The file is wrong as a whole: nothing more can be taken. */
  onFatal(problem: FileProblem): void;
  /** All was looked at, though perhaps not taken; comes after `end()`. */
  onReport(report: InspectionReport): void;
  /** The thread broke. A bug. */
  onFailure(error: Error): void;
}

/** The next bytes of the file, or that a new part begins here, which must start with `header`. */
export type InspectedPiece = Buffer | { readonly header: Buffer };

export interface Inspection {
  /** Copies the chunk, or keeps what there is no room for. */
  write(chunk: Buffer): void;
  /** Nothing more should be written until `onProgress`, or until more was taken. */
  isFull(): boolean;
  end(): void;
  /**
   * What was looked at, in the order of the file, or `undefined` where there is no more yet. The bytes stand in memory
   * that is used again: they are good until the next call of `take`, and for good after `close`.
   */
  take(): InspectedPiece | undefined;
  /** Nothing is told any more. May be called twice. */
  close(): void;
}

/** As its thread's owner has it. */
export interface ThreadInspection extends Inspection {
  /** The thread may have scanned more. */
  look(): void;
  /** What the thread says of a block. */
  hear(finding: Finding): void;
  /** The thread is done with the file; without a report, it was closed before. */
  finish(report?: InspectionReport): void;
  fail(error: Error): void;
}

export interface InspectionOptions {
  readonly id: number;
  readonly plan: InspectionPlan;
  /** Of this file alone, and with nothing in it. */
  readonly memory: WebAssembly.Memory;
  readonly events: InspectionEvents;
  readonly send: (request: InspectionRequest) => void;
  /** Tells the thread of a block: at once, or as soon as it looks for more. */
  readonly call: (atOnce: boolean) => void;
  /** Told of bytes that were copied: nobody reads their chunk any more. */
  readonly onDead: (byteLength: number) => void;
  /**
   * The file is closed, and the thread is done with it. `isUnread`: so is whoever took its bytes, and its memory can be
   * used for another file. Is not told when the thread breaks.
   */
  readonly onOver: (isUnread: boolean) => void;
}

/**
 * One file's way through the thread: copied into shared blocks, and taken out of them when the thread has seen it. What
 * goes on are the blocks, not the chunks: these are many and short-lived, and a few large writes cost less.
 */
export function createInspection(options: InspectionOptions): ThreadInspection {
  const { id, plan, memory, events, send, call, onDead, onOver } = options;
  const ring = openBlockRing(memory);
  /** What was found in blocks that are not taken, by their number. */
  const found = new Map<number, Finding>();
  /** Bytes in the block that is sent next. */
  let filled = 0;
  /** Came when all blocks were taken. */
  let waiting: Buffer[] = [];
  let ending = false;
  let closed = false;
  let threadIsDone = false;
  let header = Buffer.alloc(0);
  let restFlush: NodeJS.Immediate | undefined;
  /** The block that is being taken, up to where it was, and where new parts begin in what is left of it. */
  let block: Buffer | undefined;
  let taken = 0;
  let cuts: readonly number[] = [];
  let cutsTaken = 0;

  send({ type: 'open', id, plan, memory });

  /** Copies as much as there are blocks for, and returns the rest. */
  function copy(chunk: Buffer): Buffer {
    let rest = chunk;
    while (rest.length > 0 && ring.sent - ring.taken < blockCount) {
      const piece = rest.subarray(0, blockBytes - filled);
      // Not `set`, which copies to shared memory word by word, and takes ten times as long.
      ring.block(ring.sent).fill(piece, filled, filled + piece.length);
      filled += piece.length;
      rest = rest.subarray(piece.length);
      if (filled === blockBytes) sendBlock();
    }
    onDead(chunk.length - rest.length);
    return rest;
  }

  function sendBlock(): void {
    ring.send(filled);
    filled = 0;
    // A thread that is called for each block sleeps and wakes more than it works.
    call(ring.sent - ring.scanned >= blockCount / 3);
  }

  /** Sends a block that is not full only when the thread has nothing else to do: a slow client's bytes must not lie about. */
  function flush(): void {
    while (waiting.length > 0) {
      const rest = copy(waiting[0] as Buffer);
      if (rest.length > 0) {
        waiting[0] = rest;
        return;
      }
      waiting.shift();
    }
    if (filled > 0 && (ending || ring.sent === ring.scanned)) sendBlock();
    if (!ending) return;
    ending = false;
    send({ type: 'end', id });
  }

  function flushRest(): void {
    restFlush = undefined;
    flush();
  }

  /** The next block that was scanned, if what was found in it is known. */
  function nextBlock(): Buffer | undefined {
    const number = ring.taken;
    if (number === ring.scanned) return undefined;
    const finding = found.get(number);
    // Its message is on the way.
    if (ring.isMarked(number) && !finding) return undefined;
    found.delete(number);
    if (finding?.header) header = Buffer.from(finding.header);
    cuts = finding?.cuts ?? [];
    cutsTaken = 0;
    taken = 0;
    return ring.bytes(number);
  }

  function giveBack(): void {
    block = undefined;
    ring.takeBack();
    flush();
  }

  function look(): void {
    if (!closed) events.onProgress();
  }

  function close(): void {
    if (closed) return;
    closed = true;
    clearImmediate(restFlush);
    waiting = [];
    if (threadIsDone) leave();
    else send({ type: 'close', id });
  }

  /** What was taken last and not given back may stand in a connection that has not sent it yet. */
  function leave(): void {
    onOver(block === undefined);
  }

  function isFull(): boolean {
    return waiting.length > 0;
  }

  return {
    write(chunk) {
      if (closed) return;
      const rest = isFull() ? chunk : copy(chunk);
      if (rest.length > 0) waiting.push(rest);
      // More may have come in this very turn of the loop: the thread gets it as one.
      if (filled > 0) restFlush ??= setImmediate(flushRest);
    },
    isFull,
    end() {
      if (closed) return;
      ending = true;
      flush();
    },
    take() {
      if (closed) return undefined;
      if (block && taken === block.length) giveBack();
      block ??= nextBlock();
      if (!block) {
        if (isFull()) ring.want(Math.min(ring.sent, ring.scanned + blockCount / 2));
        return undefined;
      }
      const cut = cuts[cutsTaken] ?? block.length;
      if (cut === taken) {
        cutsTaken += 1;
        return { header };
      }
      const piece = block.subarray(taken, cut);
      taken = cut;
      return piece;
    },
    close,
    look,
    hear(finding) {
      if (closed) return;
      if (finding.fatal) {
        close();
        events.onFatal(finding.fatal);
        return;
      }
      found.set(finding.block, finding);
      look();
    },
    finish(report) {
      threadIsDone = true;
      if (closed) return leave();
      look();
      if (!closed && report) events.onReport(report);
    },
    fail(error) {
      if (closed) return;
      close();
      events.onFailure(error);
    },
  };
}
