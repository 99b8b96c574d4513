import type { Readable } from 'node:stream';

/** A file part that has begun to arrive. */
export interface FileStream {
  /** The file name as the client wrote it, without folders; may be empty. */
  readonly name: string;
  readonly stream: Readable;
  /**
   * Resolves when the whole form has ended properly, or when the next of its files has begun to arrive;
   * rejects when the form is cut off or turns out malformed before that.
   */
  readonly formEnd: Promise<void>;
  /**
   * Calls `listener` for each piece of the request that comes, also where none of it is the file's. Returns
   * what stops that.
   */
  onArrival(listener: () => void): () => void;
}

const brand = Symbol('incoming file');

/** What the `Upload` scalar hands to a resolver: a file that may not have begun to arrive. */
export interface IncomingFile {
  readonly [brand]: true;
  /**
   * Waits for the file to arrive. To be called once. Rejects with `GatewayError`: `FILE_MISSING` when the
   * request ends without the file, `BAD_REQUEST` when another file stands before it that nobody reads.
   */
  open(signal: AbortSignal): Promise<FileStream>;
  /** Call it when the file is not, or no longer, wanted; safe at any time. */
  release(): void;
}

/** How graphql-js prints the value where it stands in the wrong place; otherwise it would list our functions. */
const shown = { toJSON: () => 'a file' };

/** Makes a file that `isIncomingFile` recognises. */
export function createIncomingFile(file: Omit<IncomingFile, typeof brand>): IncomingFile {
  return Object.assign(Object.create(shown), { [brand]: true, ...file });
}

/** Whether a value is a file of this request, and not something that a client wrote in its place. */
export function isIncomingFile(value: unknown): value is IncomingFile {
  return typeof value === 'object' && value !== null && brand in value;
}
