import type { IncomingMessage } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { FileUpload, Upload } from 'graphql-upload-minimal';
import { GatewayError } from '../../errors.ts';
import { deferred } from '../../flow/deferred.ts';
import { onAbort } from '../../flow/on-abort.ts';
import { createStallWatch } from '../../flow/stall-watch.ts';
import { badRequest, shown } from './bad-request.ts';
import { createIncomingFile, type IncomingFile } from './incoming-file.ts';

/** The request that the files come in, and how patient to be with it. */
export interface FileQueueOptions {
  readonly req: IncomingMessage;
  /** The parser: it finishes when the last boundary of the form has passed. */
  readonly form: Writable;
  /** The parts of this queue that have begun to arrive so far, in that order. */
  readonly arrived: readonly string[];
  /** Whether the last boundary of the form has come: all that is left of the files is in memory then. */
  readonly isWhole: () => boolean;
  /** Tells why the form came to no proper end. */
  readonly brokenForm: () => GatewayError;
  readonly idleTimeoutMs: number;
}

/** Adds the file part of this name, which the library calls `upload`. */
export type AddFile = (part: string, upload: Upload) => IncomingFile;

/**
 * The files of one request, in the order in which they arrive. They share one stream: a file that nobody
 * reads blocks those behind it, unless the form is so small that it is there as a whole. A reader that waits
 * for one of those would wait for ever, so it is told at once. The function returned adds the next file of the form.
 */
export function createFileQueue(options: FileQueueOptions): AddFile {
  const { req, form, arrived, isWhole, brokenForm, idleTimeoutMs } = options;
  // A small form may be over by now, for good or ill: its events have passed.
  const formEnd = finished(form).catch(() => {
    throw brokenForm();
  });
  formEnd.catch(() => {});
  let onNextArrival: () => void = () => {};
  /** The names of the parts that have arrived and that nobody has read or released. */
  const unread = new Set<string>();
  const waiting = new Map<string, (reason: unknown) => void>();

  function block(part: string) {
    unread.add(part);
    for (const [name, reject] of waiting) if (!arrived.includes(name)) reject(outOfOrder(part));
  }

  /** The first of the unread parts that came before this one. */
  function inTheWayOf(part: string): string | undefined {
    return arrived
      .slice(0, arrived.includes(part) ? arrived.indexOf(part) : undefined)
      .find((name) => unread.has(name));
  }

  return function add(part, upload) {
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
        // Files that have arrived together are told of in the order of the map.
        if (arrived.at(-1) !== part) partEnd = Promise.resolve();
        else {
          onNextArrival();
          // Registered here and not when the file is opened: in a small request the next file has arrived by then.
          const followed = new Promise<void>((resolve) => (onNextArrival = resolve));
          partEnd = Promise.race([followed, formEnd]);
          partEnd.catch(() => {});
        }
        if (released) drain(fileUpload);
        else if (!claimed) block(part);
        return fileUpload;
      },
      () => {
        throw form.writableFinished ? missing() : brokenForm();
      },
    );
    arrival.catch(() => {});

    function release() {
      released = true;
      if (!file || claimed) return;
      unread.delete(part);
      drain(file);
    }

    return createIncomingFile({
      async open(signal) {
        if (claimed) throw readTwice();
        const first = inTheWayOf(part);
        if (!file && first !== undefined) throw outOfOrder(first);
        claimed = true;
        unread.delete(part);
        try {
          const fileUpload = await raceArrival(part, arrival, signal);
          const passed = inTheWayOf(part);
          if (passed !== undefined && !isWhole()) throw outOfOrder(passed);
          const stream = readStreamOf(fileUpload);
          // The form broke between the header of the file and now.
          if (!stream) throw brokenForm();
          return {
            name: fileUpload.filename ?? '',
            stream,
            // The form's end waits for the file that was passed, and is known to come.
            formEnd: passed === undefined ? partEnd : Promise.resolve(),
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
  };

  function onArrival(listener: () => void): () => void {
    req.on('data', listener);
    return () => void req.off('data', listener);
  }

  async function raceArrival(
    part: string,
    arrival: Promise<FileUpload>,
    signal: AbortSignal,
  ): Promise<FileUpload> {
    signal.throwIfAborted();
    const { promise: failure, reject } = deferred<never>();
    // Bytes of other parts count as progress, too, but the file is not waited for without end.
    const watchFor = (timeoutMs: number) =>
      createStallWatch({ timeoutMs, onStall: () => reject(stalled(timeoutMs)) });
    const stall = watchFor(idleTimeoutMs);
    const late = watchFor(4 * idleTimeoutMs);
    waiting.set(part, reject);
    const listening = [onArrival(stall.moved), onAbort(signal, reject)];
    stall.begin();
    late.begin();
    try {
      return await Promise.race([arrival, failure]);
    } finally {
      stall.close();
      late.close();
      waiting.delete(part);
      for (const stopListening of listening) stopListening();
    }
  }
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

function missing(): GatewayError {
  return new GatewayError(
    'FILE_MISSING',
    'The "map" part names a file that the request does not have. A file part needs the name that "map" gives it, and a filename.',
  );
}

function readTwice(): GatewayError {
  return badRequest('Two fields use the same file. Send it once for each.');
}

function outOfOrder(part: string): GatewayError {
  return badRequest(
    `The file part ${shown(part)} comes before the one that is needed now. Send the files in the order in which the operation uses them, and none that it does not use.`,
  );
}

function stalled(timeoutMs: number): GatewayError {
  return new GatewayError('REQUEST_TIMEOUT', `The file did not begin to arrive within ${timeoutMs} ms.`);
}
