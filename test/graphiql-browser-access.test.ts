import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { createGateway, type Gateway } from '../src/gateway.ts';
import { readQuery } from './support/explorer-page.ts';
import { hasChromium } from './support/find-chromium.ts';
import { type BrowserPage, openBrowser, type TestBrowser } from './support/open-browser.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { fast } from './support/subscription-clients.ts';
import {
  chooseFiles,
  enterToken,
  exampleFile,
  openExplorer,
  openTab,
  play,
  startAfresh,
} from './support/use-explorer.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.skipIf(!hasChromium())('The explorer for everybody', () => {
  let gateway: TestGateway;
  let sandbox: Gateway;
  let browser: TestBrowser;
  let opened: BrowserPage;
  let page: Page;
  beforeAll(async () => {
    gateway = await startGateway({ ...fast, sandbox: { stepMs: 20 } });
    sandbox = await createGateway(parseConfig({ PORT: '0', LOG_LEVEL: 'silent' }));
    browser = await openBrowser();
    opened = await openExplorer(browser, gateway.url, { permissions: ['clipboard-read', 'clipboard-write'] });
    page = opened.page;
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
    await sandbox.close(0);
  });

  const notice = (text: string) => page.getByRole('region', { name: 'Notice' }).getByText(text).waitFor();

  test('says what to do without a token, and with one that Capillary refuses', async () => {
    await startAfresh(page, { token: '' });
    await openTab(page, 'MyJobs');
    await play(page);
    await notice('An access token is needed.');
    await page.getByRole('button', { name: 'Go to the token' }).click();
    expect(await focused(page)).toBe('Access token');
    await enterToken(page, 'wrong');
    await play(page);
    await notice('Capillary refused the access token.');
    await enterToken(page, 'sandbox-token');
    await play(page);
    await page.locator('.result-window').getByText('totalCount').waitFor();
  });

  test('does not move under a click that ends the typing of a token', async () => {
    await startAfresh(page, { token: '' });
    await openTab(page, 'MyJobs');
    await play(page);
    await notice('An access token is needed.');
    await page.getByLabel('Access token').fill('sandbox-token');
    await openTab(page, 'Watch');
    await expect.poll(() => readQuery(page)).toContain('subscription Watch');
  });

  test('keeps a token only where Remember is ticked, and forgets it when it no longer is', async () => {
    await startAfresh(page);
    const kept = () => page.evaluate('JSON.stringify(localStorage)');
    expect(await kept()).not.toContain('sandbox-token');
    await page.getByLabel('Remember').check();
    await page.reload();
    expect(await page.getByLabel('Access token').inputValue()).toBe('sandbox-token');
    await page.getByLabel('Remember').uncheck();
    expect(await kept()).not.toContain('sandbox-token');
  });

  test('copies the request as a command without the token', async () => {
    await startAfresh(page);
    await chooseFiles(page, exampleFile('coupons-by-mobile.csv'));
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await notice('Copied as curl.');
    const command = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(command).toContain(`curl ${gateway.url}`);
    expect(command).toContain('$CAPILLARY_TOKEN');
    expect(command).toContain('-F 0=@coupons-by-mobile.csv');
    expect(command).not.toContain('sandbox-token');
  });

  test('is told when nothing answers any more', async () => {
    await startAfresh(page);
    await openTab(page, 'MyJobs');
    await page.context().setOffline(true);
    await play(page);
    await notice('The gateway cannot be reached.');
    await page.context().setOffline(false);
  });

  test('needs no mouse: from the token to the file, the upload and its job', async () => {
    await startAfresh(page, { token: '' });
    const chooser = page.waitForEvent('filechooser');
    await tabTo(page, 'Access token');
    await page.keyboard.type('sandbox-token');
    await tabTo(page, /Choose CSV files/);
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(exampleFile('coupons-by-mobile.csv'));
    await page.getByRole('region', { name: /^First rows of/ }).waitFor();
    await tabTo(page, 'First rows of coupons-by-mobile.csv');
    await tabTo(page, /Execute query/);
    const sent = gateway.sandbox.nextRequest('uploadFile');
    await page.keyboard.press('Enter');
    expect(await sent).toMatchObject({ complete: true });
    await page.getByRole('heading', { name: 'Jobs' }).waitFor();
    await tabTo(page, 'Copy the id', 'Shift+Tab');
    expect(await outline(page)).not.toBe('none');
  });

  test('in sandbox mode brings its token and samples, and explains both', async () => {
    await using own = await openExplorer(browser, sandbox.url, { token: '' });
    const { page: visited } = own;
    expect(await visited.getByLabel('Access token').inputValue()).toBe('sandbox-token');
    await visited.getByText('nothing leaves this machine').waitFor();
    await openTab(visited, 'UploadRedeemed');
    await visited.getByLabel('Use a sample file').selectOption('redeemed.csv');
    await visited.getByRole('combobox', { name: 'Bill number (optional)' }).waitFor();
    await play(visited);
    await visited
      .getByRole('listitem', { name: /^REDEEMED_COUPONS:/ })
      .getByText('In progress')
      .waitFor();
    expect(own).toMatchObject({ policyViolations: [], errors: [] });
  });

  test.each(['light', 'dark'] as const)(
    'has no serious finding of axe in the %s theme',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await startAfresh(page);
      await chooseFiles(page, exampleFile('redeemed-faulty.csv'));
      await openTab(page, 'UploadRedeemed');
      await chooseFiles(page, exampleFile('redeemed-faulty.csv'));
      await play(page);
      await page.getByRole('region', { name: 'Result of the upload' }).waitFor();
      expect(await findings(page, '.graphiql-plugin')).toEqual([]);
      await page.getByRole('button', { name: 'Show its job' }).click();
      await page
        .getByRole('listitem', { name: /^REDEEMED_COUPONS:/ })
        .getByText('Error file')
        .waitFor();
      await page.getByLabel('Watch this id').fill('nothing');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('A job’s id looks like').waitFor();
      expect(await findings(page, '.graphiql-plugin')).toEqual([]);
    },
  );
});

/** Presses Tab until what has the focus goes by this name. */
async function tabTo(page: Page, name: string | RegExp, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    const here = await focused(page);
    if (typeof name === 'string' ? here === name : name.test(here)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`The focus never came to ${name}; it is on ${await focused(page)}.`);
}

/** What has the focus, by the name that a screen reader would tell. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>(`(({ activeElement: at }) =>
    (at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent ?? '').trim())(document)`);
}

function outline(page: Page): Promise<string> {
  return page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
}

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe finds to be serious or worse, within a part of the page. */
async function findings(page: Page, within: string): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate<{ violations: Finding[] }>(`axe.run('${within}')`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}
