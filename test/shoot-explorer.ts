import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { parseConfig } from '../src/config.ts';
import { createGateway } from '../src/gateway.ts';
import { editorIsUsable, explorerUrl } from './support/explorer-page.ts';
import { openBrowser } from './support/open-browser.ts';
import { startGateway } from './support/start-gateway.ts';

// `npm run shoot:explorer`: pictures of the explorer's main states, for people to look at, in `screenshots/`.
const folder = fileURLToPath(new URL('../screenshots/', import.meta.url));
const files = fileURLToPath(new URL('../examples/files/', import.meta.url));
mkdirSync(folder, { recursive: true });

const gateway = await createGateway(parseConfig({ PORT: '0', LOG_LEVEL: 'silent' }));
await using cluster = await startGateway();
await using browser = await openBrowser();

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 800]) {
    const options = { colorScheme, viewport: { width, height: 800 } };
    const shoot = (page: Page, name: string) =>
      page.screenshot({ path: `${folder}${name}-${colorScheme}-${width}.png` });
    await shootSandbox(options, shoot);
    await shootCluster(options, shoot);
  }
}
await gateway.close(0);

async function shootSandbox(options: object, shoot: (page: Page, name: string) => Promise<unknown>) {
  await using opened = await browser.open(explorerUrl(gateway.url), options);
  const { page } = opened;
  await editorIsUsable(page);
  await page.waitForLoadState('networkidle');
  await shoot(page, '1-first');
  await page.getByLabel('Choose CSV files').setInputFiles(`${files}coupons-faulty.csv`);
  await page.getByText('SUMMER-0001').first().waitFor();
  await shoot(page, '2-file');
  await page.getByRole('button', { name: /Execute query/ }).click();
  await page.getByRole('heading', { name: /is going to reject/ }).waitFor();
  await page.getByLabel('Result of the upload').scrollIntoViewIfNeeded();
  await shoot(page, '3-problems');
  await page.getByRole('button', { name: 'UploadRedeemed', exact: true }).click();
  await page.getByLabel('Use a sample file').selectOption('redeemed.csv');
  await page.getByRole('columnheader', { name: 'bill number' }).waitFor();
  await shoot(page, '4-mapper');
  await page.getByRole('button', { name: /Execute query/ }).click();
  await page.getByRole('heading', { name: 'Jobs' }).waitFor();
  await shoot(page, '5-jobs-running');
  await page.locator('progress:not([value="100"])').first().waitFor({ state: 'detached' });
  await shoot(page, '6-jobs-done');
}

async function shootCluster(options: object, shoot: (page: Page, name: string) => Promise<unknown>) {
  await using opened = await browser.open(explorerUrl(cluster.url), options);
  const { page } = opened;
  await editorIsUsable(page);
  await page.getByRole('button', { name: 'MyJobs', exact: true }).click();
  await page.getByRole('button', { name: /Execute query/ }).click();
  await page.getByLabel('Notice').waitFor();
  await shoot(page, '7-no-token');
  await page.getByRole('button', { name: 'Show Jobs' }).click();
  await page.getByLabel('Watch this id').fill('COUPON_BATCH:541854:1');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  await shoot(page, '8-jobs-refused');
  await shootUpload(page, shoot);
}

async function shootUpload(page: Page, shoot: (page: Page, name: string) => Promise<unknown>) {
  cluster.sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'slow', bytesPerSecond: 2_000_000 } });
  await page.getByLabel('Access token').fill('sandbox-token');
  await page.getByRole('button', { name: 'UploadCoupons', exact: true }).click();
  await page.getByRole('button', { name: 'Show Files' }).first().click();
  const buffer = Buffer.alloc(16 << 20, 'mobile,coupon\n');
  await page
    .getByLabel('Choose CSV files')
    .setInputFiles({ name: 'large.csv', mimeType: 'text/csv', buffer });
  await page.getByRole('columnheader', { name: 'mobile' }).waitFor();
  await page.getByRole('button', { name: /Execute query/ }).click();
  await page.getByText(/ s left/).waitFor();
  await page.getByRole('button', { name: 'Cancel the upload' }).scrollIntoViewIfNeeded();
  await shoot(page, '9-uploading');
  await page.getByRole('button', { name: 'Cancel the upload' }).click();
  cluster.sandbox.faults.clear();
}
