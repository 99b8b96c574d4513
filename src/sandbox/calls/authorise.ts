import { type Answer, authRefusal, refusal } from '../http/answer.ts';
import type { TokenScope, TokenStore } from './token-store.ts';

/** What a token gives access to: this series, for its org. */
export interface Access {
  readonly scope: TokenScope;
  readonly couponSeriesId: string;
}

/**
 * Decides whether a request may do this: the access to one series, or the refusal. 401 and 498 as documented; 403 for a
 * read-only token; 404 for a series that is no positive number or stands in `unknownSeries` (convention).
 */
export function authorise(
  tokens: TokenStore,
  unknownSeries: readonly string[],
  request: { readonly token: string | undefined; readonly couponSeriesId: string | undefined },
  writes: boolean,
): Access | Answer {
  const found = tokens.look(request.token);
  if (found.state === 'unknown') return authRefusal(401, 401, 'Unauthorized');
  if (found.state === 'expired') {
    return authRefusal(498, 498, `Token expired at ${new Date(found.expiredMs).toISOString()}`);
  }
  if (writes && found.scope.readOnly === true) {
    return authRefusal(403, 403, "Client doesn't have access to the requested resource");
  }
  const couponSeriesId = request.couponSeriesId ?? '';
  if (!/^[1-9]\d{0,18}$/.test(couponSeriesId) || unknownSeries.includes(couponSeriesId)) {
    return refusal(404, 'invalid coupon_series_id for org id');
  }
  return { scope: found.scope, couponSeriesId };
}
