/// <reference lib="dom" />
import { fromGateway } from './gateway-failure.ts';

export interface ProgressInit extends RequestInit {
  /** Told as the body leaves the browser. */
  readonly onProgress?: ((sentBytes: number, totalBytes: number) => void) | undefined;
}

export type ProgressFetch = (url: string, init: ProgressInit) => Promise<Response>;

/**
 * `fetch` for uploads. Browsers tell how much of a body has gone out to XMLHttpRequest only, so this is one in the shape
 * of `fetch`, which every client here takes in its place. Where there is no XMLHttpRequest, as in Node, it is `fetch`,
 * and nothing is told. Rejects as `fetch` does: with the signal's reason, or a TypeError when the connection broke. Also
 * rejects with `GatewayFailure` when a proxy refused the request.
 */
export const fetchWithProgress: ProgressFetch = async (url, { onProgress, ...init }) =>
  fromGateway(
    await (onProgress && 'XMLHttpRequest' in globalThis ? send(url, init, onProgress) : fetch(url, init)),
  );

function send(
  url: string,
  { method = 'GET', headers, body, signal }: RequestInit,
  onProgress: NonNullable<ProgressInit['onProgress']>,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const xhr = new XMLHttpRequest();
    const onAbort = () => xhr.abort();
    signal?.addEventListener('abort', onAbort);
    xhr.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    xhr.onload = () =>
      resolve(new Response(xhr.responseText, { status: xhr.status, headers: headersOf(xhr) }));
    xhr.onerror = () => reject(new TypeError('The connection broke.'));
    xhr.onabort = () => reject(signal?.reason);
    xhr.onloadend = () => signal?.removeEventListener('abort', onAbort);
    xhr.open(method, url);
    for (const [name, value] of new Headers(headers)) xhr.setRequestHeader(name, value);
    xhr.send(body as XMLHttpRequestBodyInit);
  });
}

function headersOf(xhr: XMLHttpRequest): Headers {
  return new Headers({ 'content-type': xhr.getResponseHeader('content-type') ?? '' });
}
