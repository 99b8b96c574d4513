import couponsByMobile from '../../../examples/files/coupons-by-mobile.csv?raw';
import couponsFaulty from '../../../examples/files/coupons-faulty.csv?raw';
import couponsUntagged from '../../../examples/files/coupons-untagged.csv?raw';
import redeemed from '../../../examples/files/redeemed.csv?raw';
import redeemedFaulty from '../../../examples/files/redeemed-faulty.csv?raw';
import type { UploadMutation } from '../operation/upload-fields.ts';

/** A file to try with, for one of the mutations. */
export interface SampleFile {
  readonly name: string;
  readonly label: string;
  readonly mutation: UploadMutation;
  readonly text: string;
}

/** Files of the repository's `examples/files`. */
export const sampleFiles: readonly SampleFile[] = [
  {
    name: 'coupons-by-mobile.csv',
    label: 'Coupons for customers, by mobile number',
    mutation: 'uploadCouponBatch',
    text: couponsByMobile,
  },
  {
    name: 'coupons-untagged.csv',
    label: 'Coupons for nobody in particular',
    mutation: 'uploadCouponBatch',
    text: couponsUntagged,
  },
  {
    name: 'coupons-faulty.csv',
    label: 'Coupons with faulty rows',
    mutation: 'uploadCouponBatch',
    text: couponsFaulty,
  },
  { name: 'redeemed.csv', label: 'Redeemed coupons', mutation: 'uploadRedeemedCoupons', text: redeemed },
  {
    name: 'redeemed-faulty.csv',
    label: 'Redeemed coupons with faulty rows',
    mutation: 'uploadRedeemedCoupons',
    text: redeemedFaulty,
  },
];
