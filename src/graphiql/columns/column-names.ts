/** The usual names of a column, in letters and digits only. The first is the API's own. */
export const columnNames = {
  redeemedDateInMillis: [
    'redeemeddateinmillis',
    'redeemeddate',
    'redemptiondate',
    'redeemedon',
    'date',
    'timestamp',
  ],
  redeemedAt: ['redeemedat', 'tillid', 'till', 'storeid', 'store', 'outlet', 'redeemedattill'],
  USER_ID: ['userid', 'user', 'customerid'],
  EXTERNAL_ID: ['externalid', 'external', 'loyaltyid', 'cardnumber'],
  MOBILE: ['mobile', 'mobilenumber', 'mobileno', 'phone', 'phonenumber', 'msisdn'],
  EMAIL: ['email', 'emailid', 'emailaddress', 'mail'],
  COUPON_ID: ['couponid'],
  COUPON_CODE: ['couponcode', 'code', 'coupon', 'voucher', 'vouchercode'],
  billId: ['billid'],
  billNumber: ['billnumber', 'billno', 'bill', 'invoicenumber', 'invoice', 'receipt'],
  details: ['details', 'note', 'notes', 'remarks', 'comment', 'comments'],
} as const;

/** One of the columns that a file may have. */
export type ColumnName = keyof typeof columnNames;
