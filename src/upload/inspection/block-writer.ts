import { type BlockRing, blockBytes, blockCount } from './block-ring.ts';

/** Copies the chunks of one file into blocks, and sends these to the thread. */
export interface BlockWriter {
  /** Copies the chunk, and keeps what there is no room for. */
  write(chunk: Buffer): void;
  /** Whether something is kept. */
  isFull(): boolean;
  /** Continues when there may be more room: a block was taken back. */
  flush(): void;
  /** No chunk comes any more. */
  end(): void;
  /** Sends nothing more. */
  close(): void;
}

/** Where blocks go, and who hears of them. */
export interface BlockWriterOptions {
  readonly ring: BlockRing;
  /** Tells the thread of a block: at once, or whenever it next looks for more. */
  readonly call: (atOnce: boolean) => void;
  /** Called with the number of bytes that were copied: nobody reads their chunk any more. */
  readonly onDead: (byteLength: number) => void;
  /** Called when all blocks of the file were sent. */
  readonly onSent: () => void;
}

/** Begins with nothing kept. Whoever makes it closes it. */
export function createBlockWriter({ ring, call, onDead, onSent }: BlockWriterOptions): BlockWriter {
  /** Bytes in the block that will be sent next. */
  let filled = 0;
  /** Chunks that came when there was no block for them. */
  let waiting: Buffer[] = [];
  let ending = false;
  let closed = false;
  let restFlush: NodeJS.Immediate | undefined;

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
    // A thread that is called for each block spends more time falling asleep and waking than working.
    call(ring.sent - ring.scanned >= blockCount / 3);
  }

  /**
   * A block that is not full is sent only when the thread has nothing else to do, so that a slow client's
   * bytes do not lie about.
   */
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
    onSent();
  }

  function flushRest(): void {
    restFlush = undefined;
    flush();
  }

  function isFull(): boolean {
    return waiting.length > 0;
  }

  return {
    write(chunk) {
      if (closed) return;
      const rest = isFull() ? chunk : copy(chunk);
      if (rest.length > 0) waiting.push(rest);
      // More may come in this very turn of the event loop: the thread then gets it all as one block.
      if (filled > 0) restFlush ??= setImmediate(flushRest);
    },
    isFull,
    flush,
    end() {
      if (closed) return;
      ending = true;
      flush();
    },
    close() {
      closed = true;
      clearImmediate(restFlush);
      waiting = [];
    },
  };
}
