import type { IncomingMessage } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { FileUpload, Upload } from 'graphql-upload-minimal';
import { GatewayError } from '../errors.ts';
import { createStallWatch } from '../flow/stall-watch.ts';
import { createIncomingFile, type IncomingFile } from './incoming-file.ts';

/** The request that the files come in, and how patient to be with it. */
export interface FileQueueOptions {
  readonly req: IncomingMessage;
  /** The parser: it finishes when the last boundary of the form has passed. */
  readonly form: Writable;
  /** Tells why the form came to no proper end. */
  readonly brokenForm: () => GatewayError;
  readonly idleTimeoutMs: number;
}

/**
 * The files of one request, in the order in which they arrive. They share one stream: a file that nobody
 * reads blocks those behind it, and a reader that waits for one of those would wait for ever. So such a
 * reader is told at once.
 */
export function createFileQueue({ req, form, brokenForm, idleTimeoutMs }: FileQueueOptions) {
  // A small form may be over by now, for good or ill: its events have passed.
  const formEnd = finished(form).catch(() => {
    throw brokenForm();
  });
  formEnd.catch(() => {});
  let expected = 0;
  let arrived = 0;
  let onNextArrival: () => void = () => {};
  /** The name of a part that has arrived and that nobody has read or released. */
  let inTheWay: string | undefined;
  const waiting = new Set<(reason: unknown) => void>();

  function block(fieldName: string) {
    inTheWay = fieldName;
    for (const reject of waiting) reject(outOfOrder(fieldName));
  }

  function add(upload: Upload): IncomingFile {
    expected += 1;
    let file: FileUpload | undefined;
    /**
     * Proof that the file's end was a real boundary: the next part has begun, or the form has ended. What
     * only looks like a boundary ends a file, too.
     */
    let partEnd = formEnd;
    let claimed = false;
    let released = false;

    const arrival = upload.promise.then(
      (fileUpload) => {
        file = fileUpload;
        arrived += 1;
        onNextArrival();
        // Registered here and not when the file is opened: in a small request the next file has arrived by
        // then.
        if (arrived < expected) {
          const followed = new Promise<void>((resolve) => (onNextArrival = resolve));
          partEnd = Promise.race([followed, formEnd]);
          partEnd.catch(() => {});
        }
        if (released) drain(fileUpload);
        else if (!claimed) block(fileUpload.fieldName);
        return fileUpload;
      },
      () => {
        throw form.writableFinished ? missing() : brokenForm();
      },
    );
    arrival.catch(() => {});

    function pass(fileUpload: FileUpload) {
      if (inTheWay === fileUpload.fieldName) inTheWay = undefined;
    }

    function release() {
      released = true;
      if (!file || claimed) return;
      pass(file);
      drain(file);
    }

    return createIncomingFile({
      async open(signal) {
        if (claimed) throw readTwice();
        if (!file && inTheWay !== undefined) throw outOfOrder(inTheWay);
        claimed = true;
        if (file) pass(file);
        try {
          const fileUpload = await raceArrival(arrival, signal);
          const stream = readStreamOf(fileUpload);
          // The form broke between the header of the file and now.
          if (!stream) throw brokenForm();
          return {
            name: fileUpload.filename ?? '',
            stream,
            formEnd: partEnd,
            onArrival,
          };
        } catch (error) {
          claimed = false;
          release();
          throw error;
        }
      },
      release,
    });
  }

  function onArrival(listener: () => void): () => void {
    req.on('data', listener);
    return () => void req.off('data', listener);
  }

  async function raceArrival(arrival: Promise<FileUpload>, signal: AbortSignal): Promise<FileUpload> {
    signal.throwIfAborted();
    const { promise: failure, reject } = deferredFailure();
    // Bytes of other parts count as progress, too, but the file is not waited for without end.
    const watchFor = (timeoutMs: number) =>
      createStallWatch({ timeoutMs, onStall: () => reject(stalled(timeoutMs)) });
    const stall = watchFor(idleTimeoutMs);
    const late = watchFor(4 * idleTimeoutMs);
    const onAbort = () => reject(signal.reason);
    waiting.add(reject);
    const stopListening = onArrival(stall.moved);
    signal.addEventListener('abort', onAbort, { once: true });
    stall.begin();
    late.begin();
    try {
      return await Promise.race([arrival, failure]);
    } finally {
      stall.close();
      late.close();
      waiting.delete(reject);
      stopListening();
      signal.removeEventListener('abort', onAbort);
    }
  }

  return { add };
}

function drain(file: FileUpload): void {
  readStreamOf(file)
    ?.on('error', () => {})
    .resume();
}

/** `undefined` when the file has failed already: the library then throws its error. */
function readStreamOf(file: FileUpload): Readable | undefined {
  try {
    return file.createReadStream();
  } catch {
    return undefined;
  }
}

function deferredFailure() {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  promise.catch(() => {});
  return { promise, reject };
}

function missing(): GatewayError {
  return new GatewayError(
    'FILE_MISSING',
    'The "map" part names a file that the request does not have. A file part needs the name that "map" gives it, and a filename.',
  );
}

function readTwice(): GatewayError {
  return new GatewayError('BAD_REQUEST', 'Two fields use the same file. Send it once for each.');
}

function outOfOrder(part: string): GatewayError {
  const message = `The file part ${JSON.stringify(part.slice(0, 40))} comes before the one that is needed now. Send the files in the order in which the operation uses them, and none that it does not use.`;
  return new GatewayError('BAD_REQUEST', message);
}

function stalled(timeoutMs: number): GatewayError {
  return new GatewayError('REQUEST_TIMEOUT', `The file did not begin to arrive within ${timeoutMs} ms.`);
}
