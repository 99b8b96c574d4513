/** A sample with coupon codes that no upload has used before: Capillary takes each code once. Equal ones stay equal. */
export function freshCodes(text: string): string {
  const mark = Math.random().toString(36).slice(2, 7).toUpperCase();
  return text.replace(/\b([A-Z]{4,}-)/g, `$1${mark}-`);
}
