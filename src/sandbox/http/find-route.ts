/**
 * The five calls that the sandbox serves, named after the last word of their paths. Nothing here comes from
 * src/capillary: a double that took its paths from the client would confirm the client's mistakes.
 */
export const callNames = [
  'uploadFile',
  'redeemFile',
  'getUploadStatus',
  'getUploadRedeemedCouponStatus',
  'token',
] as const;
/** One of `callNames`. */
export type CallName = (typeof callNames)[number];

/** Where a request goes. Without a `call` it gets `status`: 404 or 405. */
export interface Route {
  readonly call: CallName | undefined;
  readonly couponSeriesId: string | undefined;
  readonly status: 200 | 404 | 405;
}

const upload = '/coupon/api/v1/upload';
const tokenPath = '/v3/oauth/token/generate';

const calls: readonly (readonly [method: string, prefix: string, call: CallName])[] = [
  ['POST', `${upload}/file/`, 'uploadFile'],
  ['POST', `${upload}/redeemFile/`, 'redeemFile'],
  ['GET', `${upload}/getUploadStatus/`, 'getUploadStatus'],
  ['GET', `${upload}/getUploadRedeemedCouponStatus/`, 'getUploadRedeemedCouponStatus'],
];

/** Finds the call of a method and a request target (upstream contract, section 1). */
export function findRoute(method: string, target: string): Route {
  const path = target.split('?', 1)[0] ?? '';
  if (path === tokenPath) return route(method === 'POST', 'token', undefined);
  const found = calls.find(([, prefix]) => path.startsWith(prefix));
  const series = found === undefined ? '' : path.slice(found[1].length);
  if (found === undefined || series === '' || series.includes('/')) {
    return { call: undefined, couponSeriesId: undefined, status: 404 };
  }
  return route(method === found[0], found[2], series);
}

function route(allowed: boolean, call: CallName, couponSeriesId: string | undefined): Route {
  return allowed ? { call, couponSeriesId, status: 200 } : { call: undefined, couponSeriesId, status: 405 };
}
