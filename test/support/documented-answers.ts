/** The answers that Capillary's documentation shows, field by field (upstream contract, section 1). */

const couponCounts = { totalUploadedCount: 0, actualRowCount: 0, errorCount: 0, uploadTableName: null };
const audience = { audienceGroupId: 0, audienceGroupVersionId: 0 };

/** POST upload/file. */
export const couponUpload = {
  success: true,
  status: 200,
  result: {
    orgId: 100458,
    couponSeriesId: 541854,
    uploadJobStatuses: [
      {
        jobId: 222696,
        uploadStatus: 'STARTED',
        createdOn: '1717651325445',
        updatedOn: '1717651325445',
        errorFileUrl: null,
        successFileUrl: null,
        uploadedFileUrl: 'couponbatchupload_1717651325326_541854.csv',
        ...couponCounts,
        uploadedFileName: 'couponbatchupload.csv',
        ...audience,
      },
    ],
    fileName: 'couponbatchupload_1717651325326_541854.csv',
  },
};

/** GET getUploadStatus. */
export const couponStatus = {
  success: true,
  status: 200,
  result: {
    orgId: 100458,
    couponSeriesId: 535521,
    uploadJobStatuses: [
      {
        jobId: 220605,
        uploadStatus: 'FINISHED',
        createdOn: '1716811570000',
        updatedOn: '1716811574000',
        errorFileUrl: 'error_100458_5355212024_05_27_12_06_14',
        successFileUrl: null,
        uploadedFileUrl: 'couponbatchupload_1716811569557_535521.csv',
        totalUploadedCount: 2,
        actualRowCount: 2,
        errorCount: 2,
        uploadTableName: 'temp_100458_20240527_120613638',
        uploadedFileName: 'couponbatchupload.csv',
        ...audience,
      },
    ],
  },
};

/** POST upload/redeemFile. */
export const redeemedUpload = {
  success: true,
  status: 200,
  result: {
    orgId: 9619,
    couponSeriesId: 953234,
    redeemUploadJobStatuses: [
      {
        jobId: 9137,
        uploadRedeemedCouponStatus: 'QUEUED',
        createdOn: '1603263535389',
        updatedOn: '1603263535389',
        errorFileUrl: null,
        successFileUrl: null,
        uploadedFileUrl: 'couponCode_9603263533789_253294.csv',
        ...couponCounts,
        uploadedFileName: 'couponCode_9603263533789_253294.csv',
      },
    ],
    fileName: 'couponCode_9603263533789_253294.csv',
  },
};

/** GET getUploadRedeemedCouponStatus. */
export const redeemedStatus = {
  success: true,
  status: 200,
  result: {
    orgId: 1619,
    couponSeriesId: 253234,
    redeemUploadJobStatuses: [
      {
        jobId: 4455,
        uploadRedeemedCouponStatus: 'COMPLETED',
        createdOn: '1603132200000',
        updatedOn: '1603132200000',
        errorFileUrl: 'error_redemption_upload_1619_2532342020_10_20_14_17_00',
        successFileUrl: null,
        uploadedFileUrl: 'couponCode_1603183613031_253234.csv',
        totalUploadedCount: 1,
        actualRowCount: 1,
        errorCount: 1,
        uploadTableName: 'temp_redemption_upload_1619_20201020_141700172',
        uploadedFileName: 'couponCode_1603183613081_259234.csv',
      },
    ],
  },
};
