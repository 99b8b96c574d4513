import { createClient } from 'graphql-sse';
import { FindJobDocument, type FindJobQuery, WatchJobsDocument } from './generated/graphql.ts';
import { type Subscriber, subscribeOnce } from './subscribe-once.ts';
import { type Tokens, withRenewal } from './tokens.ts';
import { type WatchOnce, type WatchOptions, watchUntilDone } from './watch-until-done.ts';

export interface SseOptions {
  readonly url: string;
  readonly tokens: Tokens;
}

/**
 * Watching over Server-Sent Events: plain HTTP, through any proxy, a request for each subscription. The client makes a
 * connection that broke again by itself. For uploads put plain-fetch.ts beside it. Whoever makes one calls `close`.
 */
export function createSseClient({ url, tokens }: SseOptions) {
  const client = createClient({
    url,
    // A function, since each request may need a newer token than the one before.
    headers: async () => ({ 'x-cap-api-oauth-token': await tokens.current() }),
  });

  const watchOnce: WatchOnce = (ids, onState, signal) =>
    subscribeOnce(
      client as Subscriber,
      WatchJobsDocument,
      { ids: [...ids] },
      ({ uploadJobUpdated }) => onState(uploadJobUpdated),
      signal,
    );

  return {
    watch: (options: Omit<WatchOptions, 'tokens'>) => watchUntilDone(watchOnce, { ...options, tokens }),
    async findJob(id: string) {
      let found: FindJobQuery['uploadJob'];
      await withRenewal(tokens, () =>
        subscribeOnce(client as Subscriber, FindJobDocument, { id }, ({ uploadJob }) => {
          found = uploadJob;
        }),
      );
      return found;
    },
    close: () => client.dispose(),
  };
}
