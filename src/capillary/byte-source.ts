/** Takes what a `ByteSource` gives. */
export interface ByteTaker {
  /**
   * True: it is done with the chunk. False: give no more until `resume()`, and leave the chunk alone until then, for its
   * memory may be used again. A chunk stays as it is if it never comes to that.
   */
  write(chunk: Buffer): boolean;
  /** The true end: every byte was read, checked and not refused. */
  end(): void;
  /** There will be no true end. */
  fail(error: Error): void;
}

/**
 * Bytes on their way, with back-pressure and without a stream between: each `Readable` hop costs the relay
 * about a tenth of its speed. Nothing flows before `start`.
 */
export interface ByteSource {
  start(taker: ByteTaker): void;
  resume(): void;
  /** The taker wants no more, ever. May be called at any time, also twice. */
  stop(): void;
}
