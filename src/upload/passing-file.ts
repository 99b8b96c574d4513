import { createHash } from 'node:crypto';
import type { ByteSource, ByteTaker } from '../capillary/byte-source.ts';
import { createStallWatch } from '../capillary/stall-watch.ts';
import { GatewayError } from '../errors.ts';
import { FileRefusedError } from './file-refused-error.ts';
import type { FileStream } from './incoming-file.ts';

export interface PassingFileOptions {
  readonly file: FileStream;
  readonly maxFileBytes: number;
  /** How long the client may send nothing while we wait for it. */
  readonly idleTimeoutMs: number;
}

/** A file on its way from the client: counted and hashed as it passes, never kept. */
export interface PassingFile extends ByteSource {
  bytes(): number;
  /** SHA-256 of all that passed, in hex. Ask once, after the end. */
  sha256(): string;
}

/**
 * Turns the file part of a request into a source that fails on every fate but the file's true end: cut off
 * (`TRUNCATED`), stalled (`REQUEST_TIMEOUT`), too large (`FileRefusedError`). Once it failed or was stopped, what
 * still arrives flows to nowhere, so that the client can hear the answer.
 */
export function createPassingFile({ file, maxFileBytes, idleTimeoutMs }: PassingFileOptions): PassingFile {
  const { stream, formEnd } = file;
  const hash = createHash('sha256');
  let bytes = 0;
  let taker: ByteTaker | undefined;
  let ended = false;
  let over = false;

  const stall = createStallWatch({
    timeoutMs: idleTimeoutMs,
    onStall: () =>
      fail(new GatewayError('REQUEST_TIMEOUT', `No byte of the file arrived for ${idleTimeoutMs} ms.`)),
  });

  function onData(chunk: Buffer) {
    bytes += chunk.length;
    if (bytes > maxFileBytes) return fail(tooLarge(maxFileBytes));
    hash.update(chunk);
    if (taker?.write(chunk)) {
      stall.end();
      stall.begin();
      return;
    }
    stall.end();
    stream.pause();
  }

  function onEnd() {
    ended = true;
    // The part's end is not the file's true end yet: a form without its last boundary was cut off, wherever that was.
    formEnd.then(
      () => {
        if (over) return;
        finish();
        taker?.end();
      },
      () => fail(truncated()),
    );
  }

  const onCut = () => {
    if (!ended) fail(truncated());
  };

  function finish() {
    over = true;
    stall.close();
    stream.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
    stream.on('error', () => {});
    stream.resume();
  }

  function fail(error: Error) {
    if (over) return;
    finish();
    taker?.fail(error);
  }

  return {
    bytes: () => bytes,
    sha256: () => hash.digest('hex'),
    start(newTaker) {
      taker = newTaker;
      if (stream.destroyed) return fail(truncated());
      stall.begin();
      stream.on('data', onData).once('end', onEnd).once('error', onCut).once('close', onCut);
    },
    resume() {
      if (over || !taker) return;
      stall.begin();
      stream.resume();
    },
    stop() {
      if (!over) finish();
    },
  };
}

function truncated(): GatewayError {
  return new GatewayError(
    'TRUNCATED',
    'The request ended before the file did. Nothing was uploaded; send the file again.',
  );
}

function tooLarge(maxFileBytes: number): FileRefusedError {
  const message = `The file is larger than ${maxFileBytes} bytes, the most that one upload may have. Split it and upload the parts.`;
  return new FileRefusedError(message, [{ code: 'TOO_LARGE', message }]);
}
