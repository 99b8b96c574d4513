/** A coupon file of at least `bytes` bytes: a header and unique rows of 1 KiB, mobile number first, code second. */
export function couponFile(bytes: number): Buffer<ArrayBuffer> {
  const padding = 'n'.repeat(1024 - '919999999999,CODE00000000,\n'.length);
  const rows = ['mobile,coupon,note\n'];
  for (let row = 0; row * 1024 < bytes; row += 1) {
    rows.push(`91${String(row).padStart(10, '9')},CODE${String(row).padStart(8, '0')},${padding}\n`);
  }
  return Buffer.from(rows.join(''), 'latin1');
}
