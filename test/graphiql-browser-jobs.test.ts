import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasChromium } from './support/find-chromium.ts';
import { type BrowserPage, openBrowser, type TestBrowser } from './support/open-browser.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { addJob, fast } from './support/subscription-clients.ts';
import { chooseFiles, enterToken, openExplorer, openTab, play, startAfresh } from './support/use-explorer.ts';

describe.skipIf(!hasChromium())('Jobs in the explorer', () => {
  let gateway: TestGateway;
  let browser: TestBrowser;
  let opened: BrowserPage;
  let page: Page;
  beforeAll(async () => {
    gateway = await startGateway(fast);
    browser = await openBrowser();
    opened = await openExplorer(browser, gateway.url);
    page = opened.page;
  });
  beforeEach(async () => {
    gateway.sandbox.jobs.hold();
    await startAfresh(page);
  });
  afterEach(() => {
    for (const { jobId } of gateway.sandbox.jobs.list()) gateway.sandbox.jobs.finish(jobId);
    expect(opened).toMatchObject({ policyViolations: [], errors: [] });
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  });

  const tabs = () => page.locator('.graphiql-tab').allInnerTexts();
  const openJobs = () => page.getByRole('button', { name: 'Show Jobs' }).click();
  const watch = async (id: string) => {
    await page.getByLabel('Watch this id').fill(id);
    await page.keyboard.press('Enter');
  };
  const card = (id: string | RegExp) => page.getByRole('listitem', { name: id });
  const share = (id: string | RegExp) => card(id).getByRole('progressbar').getAttribute('value').then(Number);

  test('with an id that is none are not watched, and an example shows what one looks like', async () => {
    await openJobs();
    await watch('222696');
    await page.getByRole('alert').getByText('COUPON_BATCH:541854:222696').waitFor();
    expect(await page.getByLabel('Watch this id').getAttribute('aria-invalid')).toBe('true');
    expect(await card(/./).count()).toBe(0);
  });

  test('that do not exist say so, and leave the others watched', async () => {
    const { id, number } = await addJob(gateway.sandbox);
    await openJobs();
    await watch('COUPON_BATCH:541854:1');
    await watch(id);
    await card('COUPON_BATCH:541854:1').getByText('There is no such job.').waitFor();
    gateway.sandbox.jobs.finish(number);
    await card(id).getByText('Finished', { exact: true }).waitFor();
  });

  test('tell that the gateway is gone, and come back with it', async () => {
    const { id } = await addJob(gateway.sandbox);
    // In a page of its own: each attempt to connect is an error on the console.
    await using own = await openExplorer(browser, gateway.url);
    const { page: visited } = own;
    await visited.getByRole('button', { name: 'Show Jobs' }).click();
    await visited.context().setOffline(true);
    await visited.getByLabel('Watch this id').fill(id);
    await visited.keyboard.press('Enter');
    const watched = visited.getByRole('listitem', { name: id });
    await watched.getByText(/The gateway cannot be reached.* Trying again/).waitFor();
    await visited.getByRole('status').getByText('cannot be reached').waitFor({ state: 'attached' });
    await visited.context().setOffline(false);
    await watched.getByText('In progress').waitFor();
    expect(await watched.getByText('Trying again').count()).toBe(0);
  });

  test.each(['websocket', 'sse'])(
    'are watched to the end over %s, with a list that tells all',
    async (transport) => {
      await page.getByLabel('Watch over').selectOption(transport);
      const rows = `mobile,coupon\n919800000001,${transport}-1\n,${transport}-2\nnone,${transport}-3\n`;
      await chooseFiles(page, { name: 'three.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) });
      await play(page);
      await page.getByRole('button', { name: 'Show its job' }).click();
      const id = /^COUPON_BATCH:541854:/;
      await card(id).getByText('In progress').waitFor();
      const [job] = gateway.sandbox.jobs.list().slice(-1);
      const first = await share(id);
      gateway.sandbox.jobs.advance(job?.jobId ?? 0);
      await card(id).getByText('Validated').waitFor();
      expect(await share(id)).toBeGreaterThan(first);
      // GraphiQL ends its own subscriptions here.
      await openTab(page, 'MyJobs');
      gateway.sandbox.jobs.finish(job?.jobId ?? 0);
      await card(id).getByText('2 of 3 rows accepted, 1 rejected').waitFor();
      expect(await share(id)).toBe(100);
      expect(await card(id).locator('dd').allInnerTexts()).toEqual(['3', '2', '1']);
      await card(id)
        .getByText(/^error_100458_541854/)
        .waitFor();
      await page.getByRole('status').getByText('Finished').waitFor({ state: 'attached' });
      const sockets = opened.requests.filter(({ type }) => type === 'websocket');
      if (transport === 'sse') expect(sockets).toHaveLength(socketsBefore);
      else expect(sockets.length).toBeGreaterThan(socketsBefore);
    },
  );
  let socketsBefore = 0;
  beforeEach(() => {
    socketsBefore = opened.requests.filter(({ type }) => type === 'websocket').length;
  });

  test('are still there after a reload, with the tabs as they were, and without the token', async () => {
    const { id, number } = await addJob(gateway.sandbox);
    await openJobs();
    await watch(id);
    await card(id).getByText('In progress').waitFor();
    await openTab(page, 'MyJobs');
    const before = await tabs();
    // GraphiQL writes its tabs half a second late.
    await expect
      .poll(() => page.evaluate(`localStorage['graphiql:tabState']`))
      .toContain('"activeTabIndex":2');
    await page.reload();
    await card(id).getByText('An access token is needed.').waitFor();
    expect(await page.getByLabel('Access token').inputValue()).toBe('');
    expect(await tabs()).toEqual(before);
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('sandbox-token');
    await enterToken(page, 'sandbox-token');
    await card(id).getByText('In progress').waitFor();
    gateway.sandbox.jobs.finish(number);
    await card(id).getByText('Finished', { exact: true }).waitFor();
  });
});
