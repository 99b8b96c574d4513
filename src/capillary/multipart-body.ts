import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ByteSource } from './byte-source.ts';
import { socketRoomBytes } from './create-dispatcher.ts';

/** The body of one upload. Whoever made it destroys `stream` in the end. */
export interface MultipartBody {
  readonly contentType: string;
  readonly stream: Readable;
  /** True once the closing boundary was handed over: from then on upstream may have the whole file. */
  isWhole(): boolean;
  /** Why the file never came to its true end, where that is so. */
  failure(): Error | undefined;
}

/** The form: its text fields first, then the file. */
export interface MultipartBodyOptions {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly fileName: string;
  readonly file: ByteSource;
  /**
   * Called as the body moves: `blocked` when upstream must be waited for, `flowing` when it asks for more,
   * and `whole` once, when the closing boundary was handed over.
   */
  readonly progress: { blocked(): void; flowing(): void; whole(): void };
}

/**
 * A `multipart/form-data` body (RFC 7578) around a file that is still arriving. The closing boundary is written
 * after the file's true end and nowhere else; any failure before that destroys the stream with its error.
 * Whoever gives the stream up destroys it, which stops the file.
 */
export function createMultipartBody(options: MultipartBodyOptions): MultipartBody {
  const boundary = `capillary-upload-${randomBytes(18).toString('hex')}`;
  const { fields, fileName, file, progress } = options;
  let started = false;
  let whole = false;
  let failure: Error | undefined;
  /** More was asked for, and has not been given yet. */
  let isAsked = false;

  const stream = new Readable({
    // With a buffer of its own the stream would ask for more while undici still waits for the socket to take
    // the last chunk.
    highWaterMark: 0,
    read() {
      if (started) {
        isAsked = true;
        return giveMore();
      }
      started = true;
      progress.flowing();
      stream.push(opening(boundary, fields, fileName));
      file.start({
        write(chunk) {
          // A smaller chunk does not fill the socket, which then never tells when it has left; the file would
          // write over it. So it is copied.
          stream.push(chunk.length < socketRoomBytes ? Buffer.from(chunk) : chunk);
          if (!isDrained()) progress.blocked();
          return isDrained();
        },
        end() {
          // Destroyed: undici gave the request up, so this boundary will never leave.
          if (stream.destroyed) return;
          stream.push(`\r\n--${boundary}--\r\n`);
          stream.push(null);
          whole = true;
          progress.whole();
        },
        fail(error) {
          failure = error;
          stream.destroy(error);
        },
      });
    },
    destroy(error, callback) {
      file.stop();
      callback(error);
    },
  });

  /** Whether every chunk has left: undici pauses the stream while its socket holds bytes of one. */
  function isDrained(): boolean {
    return stream.readableLength === 0 && !stream.isPaused();
  }

  /**
   * A stream that is resumed and paused again at once calls `read` all the same, and does not call it again
   * when the socket has drained: this makes up for it.
   */
  function giveMore(): void {
    if (!isAsked || !isDrained()) return;
    isAsked = false;
    progress.flowing();
    file.resume();
  }
  stream.on('resume', giveMore);
  // undici listens for as long as it reads: that a file which fails never ends the process must not hang on that.
  stream.on('error', () => {});
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    stream,
    isWhole: () => whole,
    failure: () => failure,
  };
}

function opening(boundary: string, fields: MultipartBodyOptions['fields'], fileName: string): string {
  const parts = fields.map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join('')}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${escapeName(fileName)}"\r\nContent-Type: text/csv\r\n\r\n`;
}

/** RFC 7578 section 4.2: UTF-8 as it is, no `filename*`; quotes and line breaks percent-encoded as browsers do it. */
function escapeName(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}
