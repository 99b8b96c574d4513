import { checkRedeemedCouponsInput } from '../upload/check-upload-input.ts';
import { builder } from './builder.ts';
import { runUpload } from './run-upload.ts';
import { UploadOptions } from './upload-options.ts';
import { UploadResult } from './upload-result.ts';

const RedeemedCustomerIdentifier = builder.enumType('RedeemedCustomerIdentifier', {
  description: 'How the file names the customers who redeemed.',
  values: {
    MOBILE: { description: 'By mobile number.' },
    EMAIL: { description: 'By e-mail address.' },
    EXTERNAL_ID: { description: 'By the id that your own systems gave them.' },
    USER_ID: { description: "By Capillary's user id." },
  } as const,
});

const CouponIdentifier = builder.enumType('CouponIdentifier', {
  description: 'How the file names the coupons that were redeemed.',
  values: {
    COUPON_ID: { description: "By Capillary's coupon id." },
    COUPON_CODE: { description: 'By the code on the coupon.' },
  } as const,
});

const RedeemedCouponColumns = builder.inputType('RedeemedCouponColumns', {
  description: 'Zero-based position of each column: becomes the uploadHeaders of the REST call.',
  fields: (t) => ({
    redeemedDateInMillis: t.int({
      required: true,
      description: 'When it was redeemed, in milliseconds since 1970.',
    }),
    redeemedAt: t.int({ required: true, description: 'Where it was redeemed: the id of the till.' }),
    customerIdentifier: t.int({ required: true, description: 'The customer, as `customerIdentifier` says.' }),
    couponIdentifier: t.int({ required: true, description: 'The coupon, as `couponIdentifier` says.' }),
    billId: t.int({ description: 'The bill, by its id.' }),
    billNumber: t.int({ description: 'The bill, by the number printed on it.' }),
    details: t.int({ description: 'A note for this redemption.' }),
  }),
});

const UploadRedeemedCouponsInput = builder.inputType('UploadRedeemedCouponsInput', {
  description: 'Which series was redeemed, and how the file is to be read.',
  fields: (t) => ({
    couponSeriesId: t.id({ required: true, description: 'The series that the coupons belong to.' }),
    customerIdentifier: t.field({
      type: RedeemedCustomerIdentifier,
      required: true,
      description: 'How the file names the customers.',
    }),
    couponIdentifier: t.field({
      type: CouponIdentifier,
      required: true,
      description: 'How the file names the coupons.',
    }),
    columns: t.field({ type: RedeemedCouponColumns, required: true, description: 'Which column is what.' }),
    details: t.string({ description: 'A note for the whole upload.' }),
    options: t.field({ type: UploadOptions, description: 'How to upload.' }),
  }),
});

builder.mutationField('uploadRedeemedCoupons', (t) =>
  t.field({
    type: UploadResult,
    description: 'Uploads coupons that were redeemed elsewhere. The file is streamed, whatever its size.',
    args: {
      file: t.arg({ type: 'Upload', required: true, description: 'A CSV with one header line.' }),
      input: t.arg({
        type: UploadRedeemedCouponsInput,
        required: true,
        description: 'Where it goes, and how to read it.',
      }),
    },
    resolve: (_, { file, input }, context, info) =>
      runUpload(context, info, {
        kind: 'REDEEMED_COUPONS',
        file,
        input,
        checked: checkRedeemedCouponsInput(input),
      }),
  }),
);
