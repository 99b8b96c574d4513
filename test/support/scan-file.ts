import { type CsvScan, type CsvScanOptions, createCsvScan } from '../../src/upload/scan/csv-scan.ts';
import { type ScanPlan, scanPlan } from '../../src/upload/scan/scan-plan.ts';
import type { ScanReport } from '../../src/upload/scan/scan-report.ts';

export const codesOnly = scanPlan({ kind: 'COUPON_BATCH', customerIdentifier: 'NOT_TAGGED' });
export const mobileFirst = scanPlan({
  kind: 'COUPON_BATCH',
  customerIdentifier: 'MOBILE',
  customerIdentifierColumn: 0,
});
export const redeemed = scanPlan({
  kind: 'REDEEMED_COUPONS',
  customerIdentifier: 'USER_ID',
  couponIdentifier: 'COUPON_CODE',
  columns: { redeemedDateInMillis: 0, redeemedAt: 1, customerIdentifier: 2, couponIdentifier: 3, details: 4 },
});

export interface Scanned {
  readonly scan: CsvScan;
  readonly report: ScanReport;
  /** The file, divided at the cuts. */
  readonly parts: readonly Buffer[];
}

/** Scans the chunks as one file. */
export function scanChunks(chunks: readonly Buffer[], options: CsvScanOptions): Scanned {
  const scan = createCsvScan(options);
  const offsets: number[] = [];
  let before = 0;
  for (const chunk of chunks) {
    // A copy that is overwritten afterwards: the scan must not look back.
    const lent = Buffer.from(chunk);
    scan.write(lent);
    offsets.push(...scan.cuts.map((cut) => before + cut));
    lent.fill(0xff);
    before += chunk.length;
  }
  const file = Buffer.concat(chunks);
  const starts = [0, ...offsets];
  const parts = starts.map((start, at) => file.subarray(start, starts[at + 1] ?? file.length));
  return { scan, report: scan.end(), parts };
}

export function scanFile(
  file: string | Buffer,
  plan: ScanPlan = codesOnly,
  options: Omit<CsvScanOptions, 'plan'> = {},
): Scanned {
  return scanChunks([Buffer.from(file)], { ...options, plan });
}

/** Code, line and column of each problem: what is to be compared where the wording is not at issue. */
export function places(report: ScanReport): string[] {
  return report.problems.map(({ code, line, column }) => `${code} ${line ?? '-'}:${column ?? '-'}`);
}

/** The chunks that arise when the file is cut at these offsets. */
export function cutAt(file: Buffer, offsets: readonly number[]): Buffer[] {
  const bounds = [0, ...new Set(offsets.map((offset) => Math.min(offset, file.length)))].sort(
    (a, b) => a - b,
  );
  return bounds.map((start, at) => file.subarray(start, bounds[at + 1] ?? file.length));
}
