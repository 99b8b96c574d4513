import type { JobRef, UploadKind } from '../capillary/upstream-job.ts';
import { GatewayError } from '../errors.ts';

/** Upstream's numbers are long integers (upstream contract, section 1). */
const maxNumber = 2n ** 63n - 1n;

/** `KIND:couponSeriesId:jobId`. The format is documented and stable. */
export function formatJobId({ kind, couponSeriesId, jobId }: JobRef): string {
  return `${kind}:${couponSeriesId}:${jobId}`;
}

/** Reads a job id. Throws `GatewayError` `BAD_USER_INPUT` for any other text. */
export function parseJobId(id: string): JobRef {
  const [, kind, couponSeriesId = '', jobId = ''] =
    /^(COUPON_BATCH|REDEEMED_COUPONS):(\d+):(\d+)$/.exec(id) ?? [];
  if (!isNumber(couponSeriesId) || !isNumber(jobId)) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `${quote(id)} is not the id of an upload job. An id looks like COUPON_BATCH:541854:222696.`,
    );
  }
  return { kind: kind as UploadKind, couponSeriesId, jobId };
}

const maxIds = 500;

/** Parses the ids of one subscription. Throws `GatewayError` `BAD_USER_INPUT`, also for none, and for more than 500. */
export function parseJobIds(ids: readonly string[]): JobRef[] {
  if (ids.length === 0 || ids.length > maxIds) {
    throw new GatewayError('BAD_USER_INPUT', `Watch 1 to ${maxIds} upload jobs at once, not ${ids.length}.`);
  }
  return ids.map(parseJobId);
}

/** Whether a text is a series id: a positive whole number of 63 bits, without sign or leading zeros. */
export const isSeriesId = isNumber;

function isNumber(text: string): boolean {
  return /^[1-9]\d{0,18}$/.test(text) && BigInt(text) <= maxNumber;
}

/** Throws `GatewayError` `BAD_USER_INPUT` for a text that is no series id. */
export function assertSeriesId(id: string): void {
  if (isSeriesId(id)) return;
  throw new GatewayError(
    'BAD_USER_INPUT',
    `${quote(id)} is not a coupon series id: a whole number up to ${maxNumber}, as 541854.`,
  );
}

function quote(id: string): string {
  return JSON.stringify(id.length > 60 ? `${id.slice(0, 60)}…` : id);
}
