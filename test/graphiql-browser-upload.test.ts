import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { explorerUrl, readVariables, writeHeaders } from './support/explorer-page.ts';
import { hasChromium } from './support/find-chromium.ts';
import { mobileInput, token } from './support/graphql-client.ts';
import { type BrowserPage, openBrowser, type TestBrowser } from './support/open-browser.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import {
  chooseFiles,
  enterToken,
  exampleFile,
  openExplorer,
  openTab,
  play,
  startAfresh,
} from './support/use-explorer.ts';

describe.skipIf(!hasChromium())('Uploading in the explorer', () => {
  let gateway: TestGateway;
  let browser: TestBrowser;
  let folder: string;
  let opened: BrowserPage;
  let page: Page;
  beforeAll(async () => {
    gateway = await startGateway();
    browser = await openBrowser();
    opened = await openExplorer(browser, gateway.url);
    page = opened.page;
    folder = await mkdtemp(join(tmpdir(), 'explorer-'));
    await writeFile(join(folder, 'large.csv'), 'mobile,coupon\n'.repeat(1_200_000));
  });
  beforeEach(() => startAfresh(page));
  afterEach(() => {
    gateway.sandbox.faults.clear();
    expect(opened).toMatchObject({ policyViolations: [], errors: [] });
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const uploads = () => gateway.sandbox.requests.filter(({ method }) => method === 'POST');
  /** Upstream takes no byte: what is under way stays so, until the faults are cleared. */
  const hold = () =>
    gateway.sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'hang', at: 'before' } });

  test('without a file sends nothing, and says where to choose one', async () => {
    const earlier = uploads().length;
    await play(page);
    await page.getByLabel('Notice').getByText('choose a file for $file').waitFor();
    expect(uploads()).toHaveLength(earlier);
  });

  test('of a file that was edited after it was chosen says so, and sends nothing', async () => {
    const path = join(folder, 'edited.csv');
    await writeFile(path, 'mobile,coupon\n919800000001,BEFORE\n');
    await chooseFiles(page, path);
    await writeFile(path, 'mobile,coupon\n919800000001,AFTERWARDS\n');
    const earlier = uploads().length;
    await play(page);
    await page.getByLabel('Notice').getByText('edited.csv was changed').waitFor();
    await page.getByRole('listitem', { name: 'edited.csv' }).getByText('choose it again').waitFor();
    expect(uploads()).toHaveLength(earlier);
  });

  test('cancelled in the middle leaves upstream without a complete request or a job', async () => {
    hold();
    await chooseFiles(page, join(folder, 'large.csv'));
    const started = gateway.sandbox.started('uploadFile');
    await play(page);
    const request = await started;
    const bar = page.getByRole('progressbar', { name: 'Upload of large.csv' });
    await bar.and(page.locator('[value]:not([value="0"])')).waitFor();
    await page.getByText(/of 16\.0 MiB, .*\/s/).waitFor();
    await page.getByRole('button', { name: 'Cancel the upload' }).click();
    await page.getByLabel('Notice').getByText('The upload was cancelled').waitFor();
    gateway.sandbox.faults.clear();
    expect(await request.done).toMatchObject({ complete: false, aborted: true });
    expect(gateway.sandbox.jobs.list().filter(({ originalName }) => originalName === 'large.csv')).toEqual(
      [],
    );
  });

  test('goes on when the tab is changed, and ends when Stop is pressed', async () => {
    hold();
    await chooseFiles(page, join(folder, 'large.csv'));
    const first = gateway.sandbox.started('uploadFile');
    await play(page);
    const kept = await first;
    await openTab(page, 'MyJobs');
    await openTab(page, 'UploadCoupons');
    await page.getByRole('button', { name: 'Cancel the upload' }).waitFor();
    expect(kept.aborted).toBe(false);
    await page.getByRole('button', { name: 'Cancel the upload' }).click();
    gateway.sandbox.faults.clear();
    expect(await kept.done).toMatchObject({ complete: false, aborted: true });

    hold();
    const second = gateway.sandbox.started('uploadFile');
    await play(page);
    const stopped = await second;
    await page.getByRole('button', { name: /Stop query/ }).click();
    gateway.sandbox.faults.clear();
    expect(await stopped.done).toMatchObject({ complete: false, aborted: true });
  });

  test('is not sent once more by its tab while it is under way', async () => {
    hold();
    const earlier = uploads().length;
    await chooseFiles(page, join(folder, 'large.csv'));
    const started = gateway.sandbox.started('uploadFile');
    await play(page);
    const request = await started;
    // The editor lets go of what its tab was running.
    await openTab(page, 'MyJobs');
    await openTab(page, 'UploadCoupons');
    await play(page);
    await page.getByLabel('Notice').getByText('wait for the upload of this tab').waitFor();
    await page.getByRole('button', { name: 'Cancel the upload' }).click();
    gateway.sandbox.faults.clear();
    await request.done;
    expect(uploads()).toHaveLength(earlier + 1);
  });

  test('of the same file with the same variables is sent once more only by a second press', async () => {
    const notice = page.getByLabel('Notice').getByText('this page has uploaded coupons-by-mobile.csv');
    await chooseFiles(page, exampleFile('coupons-by-mobile.csv'));
    await play(page);
    await page.getByRole('heading', { name: 'Jobs' }).waitFor();
    const earlier = uploads().length;
    await play(page);
    await notice.waitFor();
    expect(uploads()).toHaveLength(earlier);
    const sent = gateway.sandbox.nextRequest('uploadFile');
    await play(page);
    expect(await sent).toMatchObject({ complete: true });
    await notice.waitFor({ state: 'detached' });
  });

  test('with a token or a header that no browser can send says so, and does not stay under way', async () => {
    await chooseFiles(page, exampleFile('coupons-by-mobile.csv'));
    await enterToken(page, 'copied-in-p…');
    await play(page);
    await page.getByLabel('Notice').getByText('Capillary refused the access token.').waitFor();
    await enterToken(page, token);
    await writeHeaders(page, '{ "not a name": "" }');
    await play(page);
    await page.getByLabel('Notice').getByText('A header is not valid.').waitFor();
    expect(await page.getByRole('button', { name: 'Cancel the upload' }).count()).toBe(0);
  });

  test('is not told any more beside the next file', async () => {
    await page.getByLabel('Choose CSV files').setInputFiles(exampleFile('not-a-csv.csv'));
    await play(page);
    const result = page.getByRole('region', { name: 'Result of the upload' });
    await result.waitFor();
    await chooseFiles(page, exampleFile('coupons-by-mobile.csv'));
    expect(await result.count()).toBe(0);
  });

  test('has the browser ask before the page is left, as long as it is under way', async () => {
    hold();
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });
    await chooseFiles(page, join(folder, 'large.csv'));
    await play(page);
    await page.getByText(/of 16\.0 MiB/).waitFor();
    const question = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    await question;
    await page.getByRole('button', { name: 'Cancel the upload' }).click();
    await page.getByLabel('Notice').getByText('The upload was cancelled').waitFor();
    await page.reload();
    page.removeAllListeners('dialog');
    expect(asked).toEqual(['beforeunload']);
  });

  // In pages of their own: a connection that breaks is an error on the console.
  test.each([
    { name: 'whole', options: {}, fate: 'Nothing was uploaded.' },
    { name: 'in parts', options: { maxRowsPerJob: 1_000_000 }, fate: 'may have created a job' },
  ])('$name, stands still and is then broken off, and says both', async ({ options, fate }) => {
    await using own = await openExplorer(browser, gateway.url, { token: '' });
    const { page: visited } = own;
    await visited.clock.install();
    const query =
      'mutation Linked($file: Upload!, $input: UploadCouponBatchInput!) { uploadCouponBatch(file: $file, input: $input) { __typename } }';
    const variables = JSON.stringify({ file: null, input: { ...mobileInput, options } });
    await visited.goto(explorerUrl(gateway.url, { query, variables }));
    await enterToken(visited, token);
    hold();
    await chooseFiles(visited, join(folder, 'large.csv'));
    using network = interruptible(gateway.url);
    await play(visited);
    await visited.getByText(/of 16\.0 MiB/).waitFor();
    await eventually(async () => {
      await visited.clock.fastForward(10_000);
      await visited.getByText(/of 16\.0 MiB\. Nothing moves/).waitFor({ timeout: 500 });
    });
    network.breakOff();
    await visited.getByLabel('Notice').getByText(fate).waitFor();
  });

  test.each(['broken off', 'cancelled'])(
    '%s after the whole file had gone out says that there may be a job',
    async (end) => {
      await using own = await openExplorer(browser, gateway.url);
      const { page: visited } = own;
      gateway.sandbox.faults.set({ call: 'uploadFile', fault: { kind: 'hang', at: 'after' } });
      await chooseFiles(visited, exampleFile('coupons-by-mobile.csv'));
      using network = interruptible(gateway.url);
      const started = gateway.sandbox.started('uploadFile');
      await play(visited);
      await visited.getByText(/KiB sent. Waiting/).waitFor();
      await started;
      if (end === 'cancelled') await visited.getByRole('button', { name: 'Cancel the upload' }).click();
      else network.breakOff();
      await visited.getByLabel('Notice').getByText('may have created a job').waitFor();
    },
  );

  test('of a faulty file shows each problem with its line, beside the file', async () => {
    await chooseFiles(page, exampleFile('coupons-faulty.csv'));
    await play(page);
    const result = page.getByRole('region', { name: 'Result of the upload' });
    await result.getByText('Capillary is going to reject 4 rows').waitFor();
    const lines = await result.getByRole('row').locator('td:first-child').allInnerTexts();
    expect(lines).toEqual(['2', '3', '4', '5']);
  });

  test('takes files that are dropped, each for a place of its own, and gives them up again', async () => {
    const drop = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      for (const name of ['one.csv', 'two.csv']) transfer.items.add(new File(['a,b\\n1,2\\n'], name));
      return transfer;
    })()`);
    await page.getByText('or drop them here').dispatchEvent('drop', { dataTransfer: drop });
    const sentAs = (name: string) => page.getByRole('listitem', { name }).getByLabel('Sent as');
    expect([await sentAs('one.csv').inputValue(), await sentAs('two.csv').inputValue()]).toEqual([
      'file',
      '',
    ]);
    await sentAs('two.csv').selectOption('$file');
    expect(await sentAs('one.csv').inputValue()).toBe('');
    await page.getByRole('button', { name: 'Remove two.csv' }).click();
    expect(
      await page.getByRole('list', { name: 'Chosen files' }).getByRole('heading').allInnerTexts(),
    ).toEqual(['one.csv']);
  });

  test('of a file that is none of CSV shows why, before and after', async () => {
    await page.getByLabel('Choose CSV files').setInputFiles(exampleFile('not-a-csv.csv'));
    await page.getByText('This is a spreadsheet or an archive').waitFor();
    await play(page);
    await page.getByRole('heading', { name: 'The file is wrong. Nothing was uploaded.' }).waitFor();
  });

  test('of coupons sends the file as it is, and opens its job', async () => {
    await chooseFiles(page, exampleFile('coupons-by-mobile.csv'));
    const sent = gateway.sandbox.nextRequest('uploadFile');
    await play(page);
    expect(await sent).toMatchObject({
      complete: true,
      fields: { customerIdentifier: 'MOBILE', customerIdentifierColumn: '0' },
      token: 'sandbox-token',
    });
    await page.getByRole('heading', { name: 'Jobs' }).waitFor();
    await page.getByRole('listitem', { name: /^COUPON_BATCH:541854:/ }).waitFor();
  });

  test('of redeemed coupons takes the columns from the header, and what a person picks instead', async () => {
    await openTab(page, 'UploadRedeemed');
    const file = 'Coupon Code,Phone,Till,Date,When\nC1,919800000001,50015497,1603128622000,1603128622001\n';
    await chooseFiles(page, { name: 'mine.csv', mimeType: 'text/csv', buffer: Buffer.from(file) });
    await expect
      .poll(() => variables(page))
      .toMatchObject({
        file: null,
        input: {
          customerIdentifier: 'MOBILE',
          couponIdentifier: 'COUPON_CODE',
          columns: { redeemedDateInMillis: 3, redeemedAt: 2, customerIdentifier: 1, couponIdentifier: 0 },
        },
      });
    await page.getByRole('combobox', { name: 'Date (epoch ms)' }).selectOption({ label: '4: When' });
    const sent = gateway.sandbox.nextRequest('redeemFile');
    await play(page);
    const { fields } = await sent;
    expect(fields).toMatchObject({ customerIdentifier: 'MOBILE', couponIdentifier: 'COUPON_CODE' });
    expect(JSON.parse(fields['uploadHeaders'] ?? '')).toEqual({
      redeemedDateInMillis: 4,
      redeemedAt: 2,
      mobile: 1,
      couponCode: 0,
    });
    await page.getByRole('listitem', { name: /^REDEEMED_COUPONS:541854:/ }).waitFor();
  });
});

/** Hears of the uploads to the gateway at `url`, to break them off. */
function interruptible(url: string) {
  const sockets: Socket[] = [];
  let isBroken = false;
  const onRequest = (message: unknown) => {
    const { request, server } = message as { request: IncomingMessage; server: Server };
    const isUpload = request.headers['content-type']?.startsWith('multipart/form-data');
    if (!isUpload || new URL(url).port !== String((server.address() as AddressInfo).port)) return;
    if (isBroken) request.socket.resetAndDestroy();
    else sockets.push(request.socket);
  };
  subscribe(requestStart, onRequest);
  return {
    /** Also those that come after: on a connection that it used before, Chromium tries by itself again. */
    breakOff() {
      isBroken = true;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    [Symbol.dispose]: () => unsubscribe(requestStart, onRequest),
  };
}

const requestStart = 'http.server.request.start';

async function variables(page: Page): Promise<unknown> {
  return JSON.parse(await readVariables(page));
}
