import { isReadable } from '../files/is-readable.ts';
import { failure, type GraphQLResult } from './graphql-result.ts';
import { type GraphQLParams, multipartParts } from './multipart-parts.ts';
import { createProgressMeter, type UploadProgress } from './progress-meter.ts';
import { readAnswer } from './read-answer.ts';
import { type SendOptions, unreachable } from './send-operation.ts';

export interface SendUploadOptions extends SendOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UploadProgress) => void;
  /** A file that can be read no more. Called before the result that tells it. */
  readonly onStale: (file: File) => void;
}

/**
 * Sends an operation with its files as a GraphQL multipart request. Resolves also when there is no answer, with an error
 * that a person can read. An abort cuts the connection: the gateway then drops its own upload.
 */
export async function sendUpload(
  params: GraphQLParams,
  placed: readonly { readonly path: string; readonly file: File }[],
  options: SendUploadOptions,
): Promise<GraphQLResult> {
  const { signal, onStale } = options;
  const stale = async () => {
    for (const { file } of placed) {
      if (await isReadable(file)) continue;
      onStale(file);
      const message = `${file.name} was changed, moved or deleted after you chose it. Choose it again. Nothing was uploaded.`;
      return failure('FILE_CHANGED', message);
    }
    return undefined;
  };
  const before = await stale();
  if (before) return before;
  if (signal.aborted) return cancelled;
  const answer = await post(form(params, placed), options);
  if (answer) return answer;
  if (signal.aborted) return cancelled;
  // A browser tells a file that changes under it as it tells a broken network.
  return (await stale()) ?? failure('UNREACHABLE', unreachable);
}

const cancelled = failure('CANCELLED', 'The upload was cancelled. Nothing was uploaded.');

function form(
  params: GraphQLParams,
  placed: readonly { readonly path: string; readonly file: File }[],
): FormData {
  const { operations, map, files } = multipartParts(params, placed);
  const form = new FormData();
  // The order is the specification's: a server that streams must know the operation before the first byte of a file.
  form.set('operations', operations);
  form.set('map', map);
  for (const [key, file] of files) form.set(key, file, file.name);
  return form;
}

/** Not fetch: only this tells how much has been sent. Resolves without a value when there is no answer. */
function post(body: FormData, options: SendUploadOptions): Promise<GraphQLResult | undefined> {
  const { url, headers, signal, onProgress } = options;
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const meter = createProgressMeter();
    const abort = () => request.abort();
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) {
      // The browser's own: it holds the boundary.
      if (name.toLowerCase() !== 'content-type') request.setRequestHeader(name, value);
    }
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('graphql-require-preflight', '1');
    request.upload.onprogress = ({ loaded, total }) => onProgress(meter(loaded, total));
    request.onload = () => resolve(readAnswer(request.status, request.responseText));
    request.onerror = () => resolve(undefined);
    request.onabort = () => resolve(undefined);
    request.onloadend = () => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort);
    request.send(body);
  });
}
