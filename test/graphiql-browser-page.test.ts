import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import {
  editorIsUsable,
  explorerUrl,
  readQuery,
  readVariables,
  transferred,
} from './support/explorer-page.ts';
import { hasChromium } from './support/find-chromium.ts';
import { type BrowserPage, openBrowser, type TestBrowser } from './support/open-browser.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

const jobQuery = 'query Job($id: ID!) { uploadJob(id: $id) { status } }';
/** A first load in all: what makes it slow, and can be held on a busy machine too. */
const maxFirstLoadBytes = 1_750_000;
const jobVariables = '{ "id": "COUPON_BATCH:541854:1" }';

describe.skipIf(!hasChromium())('The explorer page in a browser', () => {
  let gateway: TestGateway;
  let browser: TestBrowser;
  beforeAll(async () => {
    gateway = await startGateway();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  });

  const foreign = ({ requests }: BrowserPage) => {
    const host = new URL(gateway.url).host;
    return requests.filter(({ url }) => new URL(url).host !== host);
  };
  /** The operations that it sent, but for the question what the schema is. */
  const operations = ({ requests }: BrowserPage) =>
    requests.filter(
      ({ url, type, body }) =>
        new URL(url).pathname === '/graphql' && type !== 'document' && !body?.includes('__schema'),
    );

  describe('is kept by its policy from', () => {
    let opened: BrowserPage;
    beforeAll(async () => {
      opened = await browser.open(explorerUrl(gateway.url));
    });
    afterAll(() => opened[Symbol.asyncDispose]());

    test.each([
      {
        name: 'a script of its own making',
        code: `setTimeout('document.title = 1')`,
        directive: 'script-src',
      },
      { name: 'an inline script', code: inlineScript('document.title = 1'), directive: 'script-src' },
      { name: 'a foreign script', code: script('https://cdn.example/x.js'), directive: 'script-src' },
      {
        name: 'a foreign address',
        code: `fetch('https://cdn.example/').catch(() => {})`,
        directive: 'connect-src',
      },
      {
        name: 'a worker out of a blob',
        code: `new Worker(URL.createObjectURL(new Blob(['1'])))`,
        directive: 'worker-src',
      },
    ])('$name', async ({ code, directive }) => {
      const earlier = opened.policyViolations.length;
      await opened.page.evaluate(`try { ${code} } catch {}`);
      await expect.poll(() => opened.policyViolations.slice(earlier).join('\n')).toContain(directive);
      expect(await opened.page.title()).not.toBe('1');
    });
  });

  test('shows a query out of its address with its variables, and runs it only when told to', async () => {
    const address = `${gateway.url}?${new URLSearchParams({ query: jobQuery, variables: jobVariables })}`;
    await using opened = await browser.open(address);
    const { page } = opened;
    await editorIsUsable(page);
    expect(new URL(page.url()).pathname).toBe('/graphiql/');
    expect(await readQuery(page)).toContain(jobQuery);
    expect(await readVariables(page)).toContain(jobVariables);
    expect(operations(opened)).toEqual([]);

    await page.locator('.graphiql-execute-button').click();
    await page.locator('.result-window').getByText('UNAUTHENTICATED').waitFor();
    // One: had it run by itself in the meantime, there were two.
    expect(operations(opened)).toMatchObject([{ method: 'POST', body: expect.stringContaining('Job') }]);
  });

  test('completes what is typed, without a network, a complaint or a request to another origin', async () => {
    await using opened = await browser.open(explorerUrl(gateway.url));
    const { page, policyViolations, errors } = opened;
    await editorIsUsable(page);
    await page.locator('.graphiql-query-editor .view-lines').click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('{ uplo');
    // Asked again until the editor's own thread has the schema.
    await eventually(async () => {
      await page.keyboard.press('Control+Space');
      await page
        .locator('.suggest-widget')
        .getByLabel(/uploadJob/)
        .first()
        .waitFor({ timeout: 1_000 });
    });
    await page.keyboard.press('Enter');
    await expect.poll(() => readQuery(page)).toContain('{ uploadJob');

    expect({ policyViolations, errors, foreign: foreign(opened), operations: operations(opened) }).toEqual({
      policyViolations: [],
      errors: [],
      foreign: [],
      operations: [],
    });
    const { bytes } = await transferred(page);
    expect(bytes).toBeGreaterThan(maxFirstLoadBytes / 2);
    expect(bytes).toBeLessThan(maxFirstLoadBytes);
  });

  test.each([
    { name: 'a phone', width: 320, height: 640 },
    { name: 'a laptop at 200 %', width: 640, height: 400 },
    { name: 'half a screen', width: 800, height: 700 },
    { name: 'a low window', width: 1280, height: 400 },
  ])('fits $name: nothing lies beside it, or over something else', async ({ width, height }) => {
    await using opened = await browser.open(explorerUrl(gateway.url), { viewport: { width, height } });
    const { page } = opened;
    await editorIsUsable(page);
    const box = async (selector: string) => {
      const found = await page.locator(selector).first().boundingBox();
      if (!found) throw new Error(`${selector} is not to be seen.`);
      return { left: found.x, right: found.x + found.width, top: found.y, bottom: found.y + found.height };
    };
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    for (const part of ['.cx-token', '.cx-drop', '.graphiql-execute-button', '.graphiql-response']) {
      expect((await box(part)).right, part).toBeLessThanOrEqual(width);
    }
    const query = await box('.graphiql-query-editor .monaco-editor');
    const variables = await box('.graphiql-editor-tool .monaco-editor');
    const editors = await box('.graphiql-editors');
    expect(query.bottom).toBeLessThanOrEqual(variables.top);
    expect(variables.bottom).toBeLessThanOrEqual(editors.bottom);
    expect(variables.bottom - variables.top).toBeGreaterThan(40);
    // It scrolls with its box.
    await page.getByRole('button', { name: /Execute query/ }).scrollIntoViewIfNeeded();
    expect((await box('.graphiql-query-editor .monaco-editor')).top).toBeGreaterThan(
      (await box('.graphiql-editors')).top,
    );
  });

  test('explains the schema in its own words', async () => {
    await using opened = await browser.open(explorerUrl(gateway.url));
    const { page } = opened;
    await editorIsUsable(page);
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    const docs = page.locator('.graphiql-plugin');
    await docs.getByRole('link', { name: 'Query' }).click();
    await docs.getByText('Null if the series has no such job.').waitFor();
    expect(await docs.innerText()).toContain('uploadJob');
  });
});

function inlineScript(text: string): string {
  return `document.head.append(Object.assign(document.createElement('script'), { textContent: ${JSON.stringify(text)} }))`;
}

function script(src: string): string {
  return `document.head.append(Object.assign(document.createElement('script'), { src: '${src}' }))`;
}
