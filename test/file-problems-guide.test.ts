import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fileProblemCodes } from '../src/upload/scan/file-problem.ts';
import { scanPlan } from '../src/upload/scan/scan-plan.ts';
import { mobileFirst, scanFile } from './support/scan-file.ts';

const guide = readFileSync(new URL('../docs/file-problems.md', import.meta.url), 'utf8');
const sections = guide.split(/^### /m).slice(1);
const codes = sections.map((section) => /^[A-Z_]+/.exec(section)?.[0] ?? '');

const emails = scanPlan({ kind: 'COUPON_BATCH', customerIdentifier: 'EMAIL', customerIdentifierColumn: 0 });
const twoColumns = scanPlan({
  kind: 'COUPON_BATCH',
  customerIdentifier: 'MOBILE',
  customerIdentifierColumn: 1,
});
const redemptions = scanPlan({
  kind: 'REDEEMED_COUPONS',
  customerIdentifier: 'USER_ID',
  couponIdentifier: 'COUPON_CODE',
  columns: { redeemedDateInMillis: 0, redeemedAt: 1, customerIdentifier: 2, couponIdentifier: 3 },
});

describe('The guide to file problems', () => {
  it('explains every code, and no other', () => {
    expect(new Set(codes)).toEqual(new Set(fileProblemCodes));
  });

  const samples = sections.flatMap((section) => {
    const [heading = ''] = section.split('\n');
    return [...section.matchAll(/^```csv\n(.*?)^```$/gms)].map(([, sample = '']) => ({ heading, sample }));
  });

  /** Where the samples that are no whole files stand: behind this header, in this kind of upload. */
  const contexts: Record<string, { readonly header?: string; readonly plan?: typeof emails }> = {
    NO_DATA_ROWS: { header: '' },
    'TOO_FEW_COLUMNS (in the header)': { header: '', plan: twoColumns },
    'TOO_FEW_COLUMNS (in a row)': { plan: redemptions },
    INVALID_EMAIL: { plan: emails },
    INVALID_NUMBER: { plan: redemptions },
    INVALID_DATE: { plan: redemptions },
  };

  it('has a sample of most', () => {
    expect(samples.length).toBeGreaterThan(8);
  });

  it.each(samples)('has a sample of $heading that is just that', ({ heading, sample }) => {
    const { plan = mobileFirst, header } = contexts[heading] ?? {};
    const before = header ?? (plan === redemptions ? 'date,till,user,coupon\n' : 'customer,coupon code\n');
    const { problems } = scanFile(before + sample, plan).report;
    expect([...new Set(problems.map(({ code }) => code))]).toEqual([/^[A-Z_]+/.exec(heading)?.[0]]);
  });
});
