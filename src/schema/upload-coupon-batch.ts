import { checkCouponBatchInput } from '../upload/check-upload-input.ts';
import { builder } from './builder.ts';
import { runUpload } from './run-upload.ts';
import { UploadOptions } from './upload-options.ts';
import { UploadResult } from './upload-result.ts';

const CustomerIdentifier = builder.enumType('CustomerIdentifier', {
  description: 'How the file names the customers that the coupons are for.',
  values: {
    MOBILE: { description: 'By mobile number.' },
    EMAIL: { description: 'By e-mail address.' },
    EXTERNAL_ID: { description: 'By the id that your own systems gave them.' },
    USER_ID: { description: "By Capillary's user id." },
    NOT_TAGGED: { description: 'Not at all: the file holds coupon codes only.' },
  } as const,
});

const UploadCouponBatchInput = builder.inputType('UploadCouponBatchInput', {
  description: 'Where the coupons go, and how the file is to be read.',
  fields: (t) => ({
    couponSeriesId: t.id({ required: true, description: 'The series that the coupons belong to.' }),
    customerIdentifier: t.field({
      type: CustomerIdentifier,
      required: true,
      description: 'How the file names the customers.',
    }),
    customerIdentifierColumn: t.int({
      description:
        'Zero-based column of the customers. Needed for every identifier but NOT_TAGGED, refused with it.',
    }),
    options: t.field({ type: UploadOptions, description: 'How to upload.' }),
  }),
});

builder.mutationField('uploadCouponBatch', (t) =>
  t.field({
    type: UploadResult,
    description: 'Uploads coupons of a series. The file is streamed, whatever its size.',
    args: {
      file: t.arg({ type: 'Upload', required: true, description: 'A CSV with one header line.' }),
      input: t.arg({
        type: UploadCouponBatchInput,
        required: true,
        description: 'Where it goes, and how to read it.',
      }),
    },
    resolve: (_, { file, input }, context, info) =>
      runUpload(context, info, {
        kind: 'COUPON_BATCH',
        file,
        input,
        checked: checkCouponBatchInput(input),
      }),
  }),
);
