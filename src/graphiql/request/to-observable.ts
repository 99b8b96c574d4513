import type { FetcherReturnType, Observable } from '@graphiql/toolkit';
import type { GraphQLResult } from './graphql-result.ts';
import type { SubscriptionSink } from './subscribe.ts';

/**
 * What GraphiQL needs from a fetcher so that its Stop button works: it starts at once, and `start` returns
 * what is called when the editor lets go, which hears nothing from then on.
 */
export function toObservable(start: (sink: SubscriptionSink) => () => void): FetcherReturnType {
  const observable = {
    subscribe(observer: { next: (result: GraphQLResult) => void; complete: () => void }) {
      let isHeard = true;
      const letGo = start({
        next: (result) => isHeard && observer.next(result),
        end: () => isHeard && observer.complete(),
      });
      const unsubscribe = () => {
        isHeard = false;
        letGo();
      };
      return { unsubscribe };
    },
  };
  // Its type has overloads for callbacks, which GraphiQL does not use.
  return observable as unknown as Observable<never>;
}
