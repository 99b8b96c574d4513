import { checkRedeemedCouponsInput } from '../upload/input/check-upload-input.ts';
import { builder } from './builder.ts';
import { runUpload } from './run-upload.ts';
import { UploadOptions } from './upload-options.ts';
import { UploadResult } from './upload-result.ts';

const RedeemedCustomerIdentifier = builder.enumType('RedeemedCustomerIdentifier', {
  description: 'How the file identifies the customers who redeemed the coupons.',
  values: {
    MOBILE: { description: 'By mobile number.' },
    EMAIL: { description: 'By e-mail address.' },
    EXTERNAL_ID: { description: 'By the id that your own systems use.' },
    USER_ID: { description: "By Capillary's user id." },
  } as const,
});

const CouponIdentifier = builder.enumType('CouponIdentifier', {
  description: 'How the file identifies the redeemed coupons.',
  values: {
    COUPON_ID: { description: "By Capillary's coupon id." },
    COUPON_CODE: { description: 'By the coupon code.' },
  } as const,
});

const RedeemedCouponColumns = builder.inputType('RedeemedCouponColumns', {
  description: 'Position of each column in the file, counted from 0. Capillary gets them as `uploadHeaders`.',
  fields: (t) => ({
    redeemedDateInMillis: t.int({
      required: true,
      description: 'Column with the time of the redemption, in milliseconds since 1970.',
    }),
    redeemedAt: t.int({
      required: true,
      description: 'Column with the id of the till where the coupon was redeemed.',
    }),
    customerIdentifier: t.int({
      required: true,
      description: "Column with the customer, in the form that the upload's `customerIdentifier` states.",
    }),
    couponIdentifier: t.int({
      required: true,
      description: "Column with the coupon, in the form that the upload's `couponIdentifier` states.",
    }),
    billId: t.int({ description: 'Column with the id of the bill.' }),
    billNumber: t.int({ description: 'Column with the number printed on the bill.' }),
    details: t.int({ description: 'Column with a note on the redemption.' }),
  }),
});

const UploadRedeemedCouponsInput = builder.inputType('UploadRedeemedCouponsInput', {
  description: 'Which series the coupons belong to, and how to read the file.',
  fields: (t) => ({
    couponSeriesId: t.id({ required: true, description: 'The series that the coupons belong to.' }),
    customerIdentifier: t.field({
      type: RedeemedCustomerIdentifier,
      required: true,
      description: 'How the file identifies the customers.',
    }),
    couponIdentifier: t.field({
      type: CouponIdentifier,
      required: true,
      description: 'How the file identifies the coupons.',
    }),
    columns: t.field({
      type: RedeemedCouponColumns,
      required: true,
      description: 'Which column holds what.',
    }),
    details: t.string({ description: 'A note on the whole upload.' }),
    options: t.field({ type: UploadOptions, description: 'Options of the upload.' }),
  }),
});

builder.mutationField('uploadRedeemedCoupons', (t) =>
  t.field({
    type: UploadResult,
    description:
      'Uploads coupons that were redeemed in another system. The file is streamed, whatever its size.',
    args: {
      file: t.arg({ type: 'Upload', required: true, description: 'A CSV file with one header line.' }),
      input: t.arg({
        type: UploadRedeemedCouponsInput,
        required: true,
        description: 'Which series the coupons belong to, and how to read the file.',
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
