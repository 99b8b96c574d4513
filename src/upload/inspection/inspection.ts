import type { FileProblem } from '../scan/file-problem.ts';
import { blockCount, openBlockRing } from './block-ring.ts';
import { type BlockWriter, type BlockWriterOptions, createBlockWriter } from './block-writer.ts';
import type { Finding, InspectionPlan, InspectionReport, InspectionRequest } from './inspection-messages.ts';

/** Called as the file is inspected, never from within a call of its inspection. */
export interface InspectionEvents {
  /** There may be more to take, and room to write. */
  onProgress(): void;
  /** The file is wrong as a whole: nothing more can be taken. */
  onFatal(problem: FileProblem): void;
  /** All was inspected, though perhaps not taken; comes after `end()`. */
  onReport(report: InspectionReport): void;
  /** The thread broke. A bug. */
  onFailure(error: Error): void;
}

/** The next bytes of the file, or that a new part begins here, which must start with `header`. */
export type InspectedPiece = Buffer | { readonly header: Buffer };

/** The inspection of one file. Whoever opened it closes it. */
export interface Inspection extends Pick<BlockWriter, 'write' | 'end'> {
  /** True: write nothing more until `onProgress`, or until more was taken. */
  isFull(): boolean;
  /**
   * The next bytes that were inspected, in the order of the file; `undefined` where there are none yet. They stand in
   * memory that is used again: they are valid until the next call of `take`, and for good after `close`.
   */
  take(): InspectedPiece | undefined;
  /** Ends the inspection: no event comes any more. May be called twice. */
  close(): void;
}

/** An inspection as the owner of its thread uses it. */
export interface ThreadInspection extends Inspection {
  /** The thread may have scanned more. */
  look(): void;
  /** What the thread found in a block. */
  hear(finding: Finding): void;
  /** The thread is done with the file; without a report, it was closed before. */
  finish(report?: InspectionReport): void;
  fail(error: Error): void;
}

/** Which file, and how its thread is reached. */
export interface InspectionOptions extends Pick<BlockWriterOptions, 'call' | 'onDead'> {
  readonly id: number;
  readonly plan: InspectionPlan;
  /** Memory of this file alone, and with nothing in it. */
  readonly memory: WebAssembly.Memory;
  readonly events: InspectionEvents;
  readonly send: (request: InspectionRequest) => void;
  /**
   * The file is closed, and the thread is done with it. `isUnread`: nobody reads its last bytes any more
   * either, so its memory can be used for another file. Not called when the thread breaks.
   */
  readonly onOver: (isUnread: boolean) => void;
}

/**
 * One file's way through the thread: copied into shared blocks, and taken out of them once the thread has scanned them.
 * The blocks are passed on, not the chunks: chunks are many and short-lived, and a few large writes cost less.
 */
export function createInspection(options: InspectionOptions): ThreadInspection {
  const { id, plan, memory, events, send, call, onDead, onOver } = options;
  const ring = openBlockRing(memory);
  const writer = createBlockWriter({ ring, call, onDead, onSent: () => send({ type: 'end', id }) });
  /** What was found in blocks that are not taken yet, by their numbers. */
  const found = new Map<number, Finding>();
  let closed = false;
  let threadIsDone = false;
  let header = Buffer.alloc(0);
  /** The block that is being taken, how far it was taken, and where in it new parts begin. */
  let block: Buffer | undefined;
  let taken = 0;
  let cuts: readonly number[] = [];
  let cutsTaken = 0;

  send({ type: 'open', id, plan, memory });

  /** The next block that was scanned, once what was found in it is known. */
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
    writer.flush();
  }

  function look(): void {
    if (!closed) events.onProgress();
  }

  function close(): void {
    if (closed) return;
    closed = true;
    writer.close();
    if (threadIsDone) leave();
    else send({ type: 'close', id });
  }

  /** The last bytes that were taken and not given back may stand in a connection that has not sent them yet. */
  function leave(): void {
    onOver(block === undefined);
  }

  return {
    write: writer.write,
    isFull: writer.isFull,
    end: writer.end,
    take() {
      if (closed) return undefined;
      if (block && taken === block.length) giveBack();
      block ??= nextBlock();
      if (!block) {
        if (writer.isFull()) ring.want(Math.min(ring.sent, ring.scanned + blockCount / 2));
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
