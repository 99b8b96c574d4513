import { checkCouponBatchInput } from '../upload/input/check-upload-input.ts';
import { builder } from './builder.ts';
import { runUpload } from './run-upload.ts';
import { UploadOptions } from './upload-options.ts';
import { UploadResult } from './upload-result.ts';

const CustomerIdentifier = builder.enumType('CustomerIdentifier', {
  description: 'How the file identifies the customers who get the coupons.',
  values: {
    MOBILE: { description: 'By mobile number.' },
    EMAIL: { description: 'By e-mail address.' },
    EXTERNAL_ID: { description: 'By the id that your own systems use.' },
    USER_ID: { description: "By Capillary's user id." },
    NOT_TAGGED: { description: 'Not at all: the file has coupon codes only.' },
  } as const,
});

const UploadCouponBatchInput = builder.inputType('UploadCouponBatchInput', {
  description: 'Which series to upload to, and how to read the file.',
  fields: (t) => ({
    couponSeriesId: t.id({ required: true, description: 'The series to upload to.' }),
    customerIdentifier: t.field({
      type: CustomerIdentifier,
      required: true,
      description: 'How the file identifies the customers.',
    }),
    customerIdentifierColumn: t.int({
      description:
        'Column with the customer identifier, counted from 0. Required, except that NOT_TAGGED does not allow it.',
    }),
    options: t.field({ type: UploadOptions, description: 'Options of the upload.' }),
  }),
});

builder.mutationField('uploadCouponBatch', (t) =>
  t.field({
    type: UploadResult,
    description: 'Uploads coupons to a series. The file is streamed, whatever its size.',
    args: {
      file: t.arg({ type: 'Upload', required: true, description: 'A CSV file with one header line.' }),
      input: t.arg({
        type: UploadCouponBatchInput,
        required: true,
        description: 'Which series to upload to, and how to read the file.',
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
