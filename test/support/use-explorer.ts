import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { editorIsUsable, explorerUrl } from './explorer-page.ts';
import { token } from './graphql-client.ts';
import type { BrowserPage, TestBrowser } from './open-browser.ts';

/** Opens the explorer of the gateway at `url`, and puts a token into its field: the sandbox's, unless told otherwise. */
export async function openExplorer(
  browser: TestBrowser,
  url: string,
  options: BrowserContextOptions & { readonly token?: string } = {},
): Promise<BrowserPage> {
  const { token: own = token, ...context } = options;
  const opened = await browser.open(explorerUrl(url), context);
  // Sooner than the test's own end, so that a failure names what it waited for.
  opened.page.setDefaultTimeout(30_000);
  await editorIsUsable(opened.page);
  if (own !== '') await enterToken(opened.page, own);
  return opened;
}

/** The page as on a first visit, sooner than with a new profile: its files are cached. */
export async function startAfresh(page: Page, { token: own = token } = {}): Promise<void> {
  const address = page.url();
  // On another page of the same origin: the explorer writes what its tabs hold half a second late.
  await page.goto(new URL('/healthz', address).href);
  await page.evaluate('localStorage.clear()');
  await page.goto(address);
  await editorIsUsable(page);
  if (own !== '') await enterToken(page, own);
}

/** Types a token and confirms it. */
export async function enterToken(page: Page, text: string): Promise<void> {
  await page.getByLabel('Access token').fill(text);
  await page.keyboard.press('Enter');
}

/** Presses play. */
export async function play(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Execute query/ }).click();
}

/** Brings one of the editor's tabs to the front. */
export async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
}

/** The path of a file in `examples/files`. */
export function exampleFile(name: string): string {
  return fileURLToPath(new URL(`../../examples/files/${name}`, import.meta.url));
}

export type InputFiles = Parameters<Page['setInputFiles']>[1];

/** Chooses files in the panel, and waits until it shows what is in the last of them. */
export async function chooseFiles(page: Page, files: InputFiles): Promise<void> {
  await page.getByLabel('Choose CSV files').setInputFiles(files);
  await page
    .getByRole('region', { name: /^First rows of/ })
    .last()
    .waitFor();
}
