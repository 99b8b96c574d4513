/** Receives the bytes of a `ByteSource`. */
export interface ByteTaker {
  /**
   * True: the taker is done with the chunk. False: give no more until `resume()`. The chunk must stay as it
   * is until then, for the taker still reads it; afterwards its memory may be used again. Without a
   * `resume()` it stays as it is for good.
   */
  write(chunk: Buffer): boolean;
  /** The true end: every byte was read, checked and not refused. */
  end(): void;
  /** The source failed: its end will never come. */
  fail(error: Error): void;
}

/**
 * Bytes that flow with back-pressure and without a stream in between: each `Readable` on the way costs the
 * relay about a tenth of its speed. Nothing flows before `start`.
 */
export interface ByteSource {
  start(taker: ByteTaker): void;
  resume(): void;
  /** The taker wants nothing more, ever. May be called at any time, and more than once. */
  stop(): void;
}
