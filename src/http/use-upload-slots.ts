import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../errors.ts';
import { mediaTypeOf } from './media-type-of.ts';
import type { ServerContext } from './use-request-reading.ts';

/**
 * Bounds the multipart requests under way: one too many is refused with `RATE_LIMITED` before a byte of its body is read.
 * A place is free again as soon as the answer is there, or the client gone. It stands behind the reading plugin, which
 * refuses what is no multipart request of ours.
 */
export function useUploadSlots({
  maxUploads,
}: {
  readonly maxUploads: number;
}): Plugin<object, ServerContext> {
  const leaves = new WeakMap<IncomingMessage, () => void>();
  let taken = 0;

  return {
    onRequestParse({ request, serverContext: { req, signal } }) {
      if (request.method !== 'POST' || mediaTypeOf(request) !== 'multipart/form-data') return;
      if (taken >= maxUploads) throw tooMany(maxUploads);
      taken += 1;
      let isTaken = true;
      const leave = () => {
        if (isTaken) taken -= 1;
        isTaken = false;
      };
      leaves.set(req, leave);
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
    },
    onResponse({ serverContext: { req } }) {
      leaves.get(req)?.();
    },
  };
}

const retryAfterSeconds = 5;

function tooMany(maxUploads: number): GatewayError {
  return new GatewayError(
    'RATE_LIMITED',
    `${maxUploads} uploads are under way, which is all that are taken at once.`,
    {
      extensions: { retryAfterSeconds },
      http: { status: 429, headers: { 'retry-after': String(retryAfterSeconds) } },
    },
  );
}
