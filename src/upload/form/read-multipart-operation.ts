import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { processRequest, type Upload } from 'graphql-upload-minimal';
import { GatewayError } from '../../errors.ts';
import { onAbort } from '../../flow/on-abort.ts';
import { checkMap, type FilePaths, maxFilesPerRequest } from './check-map.ts';
import { type AddFile, createFileQueue } from './file-queue.ts';
import { guardedRequest } from './guarded-request.ts';

/** How long to wait, and for whom. */
export interface ReadMultipartOptions {
  /** Both parts must arrive within this time; after that, some byte within each such time. */
  readonly idleTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** The most that the `operations` part may have, and the `map` part. */
const maxFieldBytes = 1024 * 1024;

/**
 * Reads a GraphQL multipart request up to its `map` part, and returns the operation with an `IncomingFile`
 * wherever a file goes. The files follow as they are read; nothing is kept. Rejects with `GatewayError`; the
 * listener drains what the client still sends. Spec:
 * https://github.com/jaydenseric/graphql-multipart-request-spec
 */
export async function readMultipartOperation(req: IncomingMessage, options: ReadMultipartOptions) {
  const { idleTimeoutMs, signal } = options;
  let form: Writable | undefined;
  let formError = new Error('Unexpected end of form');
  let paths: FilePaths = new Map();
  const arrived: string[] = [];
  let isWhole = false;
  const guarded = guardedRequest(req, {
    onForm(parser) {
      form = parser.once('error', (error) => {
        formError = error;
      });
    },
    checkFields(operations, map) {
      paths = checkMap(operations, map);
    },
    onFile(part) {
      if (paths.has(part)) arrived.push(part);
    },
    onLastBoundary() {
      isWhole = true;
    },
  });
  const stop = (reason: unknown) => form?.destroy(reason as Error);
  const stopListening = onAbort(signal, stop);
  const timer = setTimeout(() => stop(tooSlow(idleTimeoutMs)), idleTimeoutMs);
  try {
    signal.throwIfAborted();
    // Without the response: the library would only use it to forbid late reads.
    const operation = await processRequest(guarded, undefined as unknown as ServerResponse, {
      maxFieldSize: maxFieldBytes,
      maxFiles: maxFilesPerRequest,
    });
    if (form) {
      const addFile = createFileQueue({
        ...{ req, form, arrived, idleTimeoutMs },
        isWhole: () => isWhole,
        brokenForm: () => refusal(formError),
      });
      putFiles(operation, paths, addFile);
    }
    return operation;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof GatewayError ? error : refusal(error as Error & { status?: number });
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}

function putFiles(operation: unknown, paths: FilePaths, addFile: AddFile): void {
  for (const [part, keys] of paths) {
    // checkMap has walked these keys: every holder is an own, plain container.
    let holder = operation as Record<string, unknown>;
    for (const key of keys.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
    const last = keys.at(-1) as string;
    holder[last] = addFile(part, holder[last] as Upload);
  }
}

function tooSlow(timeoutMs: number): GatewayError {
  const message = `The "operations" and "map" parts did not arrive within ${timeoutMs} ms.`;
  return new GatewayError('REQUEST_TIMEOUT', message);
}

function refusal(error: Error & { status?: number }): GatewayError {
  // busboy's errors carry no code; this one means that the client's connection ended, not that its form is wrong.
  if (error.message === 'Unexpected end of form') {
    return new GatewayError('TRUNCATED', 'The request ended before its last boundary. Send it again.');
  }
  // The library blames its own installation here; all that it knows is that the form ended without this part.
  const reason = error.status === 500 ? 'There is no "operations" part.' : error.message.slice(0, 300);
  const message = `Malformed multipart request: ${reason}`;
  return new GatewayError(error.status === 413 ? 'PAYLOAD_TOO_LARGE' : 'BAD_REQUEST', message);
}
