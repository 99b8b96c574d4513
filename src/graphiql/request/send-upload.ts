import { isReadable } from '../files/is-readable.ts';
import { failure, type GraphQLResult } from './graphql-result.ts';
import { type GraphQLParams, multipartParts } from './multipart-parts.ts';
import { createProgressMeter, type UploadProgress } from './progress-meter.ts';
import { readAnswer } from './read-answer.ts';
import { type SendOptions, unreachable } from './send-operation.ts';

/** Where an upload goes, and who hears of its progress. */
export interface SendUploadOptions extends SendOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UploadProgress) => void;
  /** Called with a file that can no longer be read, before the result that says so. */
  readonly onStale: (file: File) => void;
}

/**
 * Sends an operation with its files as a GraphQL multipart request. Without an answer it also resolves, with
 * an error that a person can read, and which says whether Capillary may have the file all the same. An abort
 * cuts the connection: the gateway then drops its own upload.
 */
export async function sendUpload(
  params: GraphQLParams,
  placed: readonly { readonly path: string; readonly file: File }[],
  options: SendUploadOptions,
): Promise<GraphQLResult> {
  const { signal, onStale } = options;
  const cancelled = (fate: string) => failure('CANCELLED', `The upload was cancelled. ${fate}`);
  const changed = async (fate: string) => {
    for (const { file } of placed) {
      if (await isReadable(file)) continue;
      onStale(file);
      const what = `${file.name} was changed, moved or deleted after you chose it`;
      return failure('FILE_CHANGED', `${what}. Choose it again. ${fate}`);
    }
    return undefined;
  };
  const before = await changed(nothing);
  if (before) return before;
  if (signal.aborted) return cancelled(nothing);
  const { answer, isWhole } = await post(form(params, placed), options);
  if (answer) return answer;
  const fate = isWhole || mayBeSplit(params) ? doubt : nothing;
  if (signal.aborted) return cancelled(fate);
  // A browser reports a file that changes under it like a broken network.
  const during = isWhole ? undefined : await changed(fate);
  return during ?? failure('UNREACHABLE', `${unreachable} ${fate}`);
}

/** The gateway completes a file upstream only once it has the whole of it. */
const nothing = 'Nothing was uploaded.';
const doubt =
  'Capillary may have created a job: check “My jobs” before you send it again, unless you sent an idempotencyKey.';

/** Whether parts of the file may have become jobs before its end arrived. */
function mayBeSplit({ query, variables }: GraphQLParams): boolean {
  return /\bmaxRowsPerJob\b/.test(query + JSON.stringify(variables));
}

function form(
  params: GraphQLParams,
  placed: readonly { readonly path: string; readonly file: File }[],
): FormData {
  const { operations, map, files } = multipartParts(params, placed);
  const form = new FormData();
  // In the order of the specification: a server that streams must know the operation before the first byte of a file.
  form.set('operations', operations);
  form.set('map', map);
  for (const [key, file] of files) form.set(key, file, file.name);
  return form;
}

interface PostEnd {
  /** `undefined` when there was none. */
  readonly answer?: GraphQLResult;
  /** The browser handed over all bytes, and the gateway may have them. */
  readonly isWhole: boolean;
}

/** Not with fetch: only XMLHttpRequest tells how much has been sent. Resolves without an answer when there is none. */
function post(body: FormData, options: SendUploadOptions): Promise<PostEnd> {
  const { url, headers, signal, onProgress } = options;
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const meter = createProgressMeter();
    const abort = () => request.abort();
    let isWhole = false;
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) {
      // The browser sets its own, with the boundary in it.
      if (name.toLowerCase() !== 'content-type') request.setRequestHeader(name, value);
    }
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('graphql-require-preflight', '1');
    request.upload.onprogress = ({ loaded, total }) => onProgress(meter(loaded, total));
    request.upload.onload = () => {
      isWhole = true;
    };
    request.onload = () => resolve({ answer: readAnswer(request.status, request.responseText), isWhole });
    request.onerror = () => resolve({ isWhole });
    request.onabort = () => resolve({ isWhole });
    request.onloadend = () => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort);
    request.send(body);
  });
}
