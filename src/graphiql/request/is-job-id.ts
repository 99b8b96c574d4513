/** The documented form of a job's id: `COUPON_BATCH:541854:222696`. */
const form = /^(COUPON_BATCH|REDEEMED_COUPONS):\d+:\d+$/;

/** Whether a text is a job's id. */
export function isJobId(text: string): boolean {
  return form.test(text);
}
