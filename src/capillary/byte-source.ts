/** Takes what a `ByteSource` gives. */
export interface ByteTaker {
  /** False: give no more until `resume()`. The chunk is not modified afterwards. */
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
