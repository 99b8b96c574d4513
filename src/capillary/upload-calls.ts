import type { CallName } from './upstream-call.ts';
import type { UploadKind } from './upstream-job.ts';

/**
 * The calls of the coupon host (upstream contract, section 1): how metrics and traces name them, and their paths; the
 * coupon series id follows as the last segment.
 */
export const uploadCalls = {
  COUPON_BATCH: {
    upload: { call: 'uploadFile', path: '/coupon/api/v1/upload/file' },
    status: { call: 'getUploadStatus', path: '/coupon/api/v1/upload/getUploadStatus' },
  },
  REDEEMED_COUPONS: {
    upload: { call: 'redeemFile', path: '/coupon/api/v1/upload/redeemFile' },
    status: {
      call: 'getUploadRedeemedCouponStatus',
      path: '/coupon/api/v1/upload/getUploadRedeemedCouponStatus',
    },
  },
} as const satisfies Record<UploadKind, Record<'upload' | 'status', { call: CallName; path: string }>>;

/** Where the token endpoint is, under the token host (upstream contract, section 3). */
export const tokenPath = '/v3/oauth/token/generate';

/** The header that carries the access token, raw, without `Bearer`. */
export const tokenHeader = 'x-cap-api-oauth-token';

/** Joins base URL, path and segments; segments are encoded. The base may have a path and a slash at its end. */
export function upstreamUrl(baseUrl: string, path: string, ...segments: readonly string[]): string {
  return [baseUrl.replace(/\/+$/, '') + path, ...segments.map(encodeURIComponent)].join('/');
}
