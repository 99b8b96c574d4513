/// <reference lib="dom" />
import { createClient } from 'graphql-ws';
import { FindJobDocument, type FindJobQuery, WatchJobsDocument } from './generated/graphql.ts';
import { type Subscriber, subscribeOnce } from './subscribe-once.ts';
import { type Tokens, withRenewal } from './tokens.ts';
import { type WatchOnce, type WatchOptions, watchUntilDone } from './watch-until-done.ts';

export interface WsOptions {
  /** `http:` or `https:`, as of all clients here. */
  readonly url: string;
  readonly tokens: Tokens;
  /** Default: the browser's. Node has one from version 22. */
  readonly webSocket?: unknown;
}

/**
 * Watching over one WebSocket, however many subscriptions: for pages that watch much. It carries no files: for uploads
 * put plain-fetch.ts beside it. Whoever makes one calls `close`.
 */
export function createWsClient({ url, tokens, webSocket = globalThis.WebSocket }: WsOptions) {
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: webSocket,
    connectionParams: async () => ({ 'x-cap-api-oauth-token': await tokens.current() }),
  });

  const renewing: Tokens = {
    current: tokens.current,
    async renew() {
      const token = await tokens.renew();
      // The token belongs to the connection: what else runs on this one is begun again on the next by the client.
      client.terminate();
      return token;
    },
  };

  const watchOnce: WatchOnce = (ids, onState, signal) =>
    subscribeOnce(
      client as Subscriber,
      WatchJobsDocument,
      { ids: [...ids] },
      ({ uploadJobUpdated }) => onState(uploadJobUpdated),
      signal,
    );

  return {
    watch: (options: Omit<WatchOptions, 'tokens'>) =>
      watchUntilDone(watchOnce, { ...options, tokens: renewing }),
    async findJob(id: string) {
      let found: FindJobQuery['uploadJob'];
      await withRenewal(renewing, () =>
        subscribeOnce(client as Subscriber, FindJobDocument, { id }, ({ uploadJob }) => {
          found = uploadJob;
        }),
      );
      return found;
    },
    close: () => void client.dispose(),
  };
}
