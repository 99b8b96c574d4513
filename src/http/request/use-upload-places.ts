import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../../errors.ts';
import { onAbort } from '../../flow/on-abort.ts';
import type { UploadPlaces } from '../../upload/upload-places.ts';
import { mediaTypeOf } from './media-type-of.ts';
import type { ServerContext } from './server-context.ts';

/**
 * Bounds how many multipart requests run at once: one too many, of all or of its token, is refused with
 * `RATE_LIMITED` before a byte of its body is read. The place is free again as soon as the answer is there,
 * or the client gone. Stands behind the reading plugin, which refuses multipart requests that are not for us.
 */
export function useUploadPlaces(places: UploadPlaces): Plugin<object, ServerContext> {
  const leaves = new WeakMap<IncomingMessage, () => void>();

  return {
    onRequestParse({ request, serverContext: { req, signal, token = '' } }) {
      const mediaType = mediaTypeOf(request.headers.get('content-type'));
      if (request.method !== 'POST' || mediaType !== 'multipart/form-data') return;
      const leave = places.take(token);
      if (!leave) throw tooMany(places);
      leaves.set(req, leave);
      onAbort(signal, leave);
    },
    onResponse({ serverContext: { req } }) {
      leaves.get(req)?.();
    },
  };
}

const retryAfterSeconds = 5;

function tooMany({ max, maxPerCredential, taken }: UploadPlaces): GatewayError {
  const what =
    taken() < max
      ? `${maxPerCredential} uploads with this token are under way`
      : `${max} uploads are under way`;
  return new GatewayError('RATE_LIMITED', `${what}, and more are not accepted at once.`, {
    extensions: { retryAfterSeconds },
    http: { status: 429, headers: { 'retry-after': String(retryAfterSeconds) } },
  });
}
