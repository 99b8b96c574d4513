import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium } from './find-chromium.ts';

/** A headless Chromium without a network: no name but this machine's resolves. Disposing ends it. */
export interface TestBrowser extends AsyncDisposable {
  readonly browser: Browser;
  /** Opens an address in a profile of its own: nothing cached, nothing stored. Resolves when the document is loaded. */
  open(url: string, options?: BrowserContextOptions): Promise<BrowserPage>;
}

/** A page, and what the browser had to say of it. Disposing closes it with its profile. */
export interface BrowserPage extends AsyncDisposable {
  readonly page: Page;
  /** What its Content-Security-Policy kept it from, as the browser's console tells it. */
  readonly policyViolations: readonly string[];
  /** Other errors on its console, and exceptions that nobody caught. */
  readonly errors: readonly string[];
  /** Everything asked for, WebSockets and what workers ask for too; `data:` and `blob:` are no requests. */
  readonly requests: readonly PageRequest[];
}

export interface PageRequest {
  readonly method: string;
  readonly url: string;
  /** Such as `document`, `script`, `fetch` or `websocket`. */
  readonly type: string;
  /** What a POST sent, where it is a text. */
  readonly body: string | null;
}

export async function openBrowser(): Promise<TestBrowser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('There is no Chromium on the PATH.');
  const browser = await chromium.launch({ executablePath, args: [...browserArguments] });
  return {
    browser,
    open: (url, options) => openPage(browser, url, options),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

async function openPage(
  browser: Browser,
  url: string,
  options?: BrowserContextOptions,
): Promise<BrowserPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const policyViolations: string[] = [];
  const errors: string[] = [];
  const requests: PageRequest[] = [];
  context.on('request', (request) => {
    if (!/^https?:/.test(request.url())) return;
    requests.push({
      method: request.method(),
      url: request.url(),
      type: request.resourceType(),
      body: request.postData(),
    });
  });
  context.on('console', (message) => {
    if (message.type() !== 'error') return;
    const list = /Content Security Policy/.test(message.text()) ? policyViolations : errors;
    list.push(message.text());
  });
  context.on('weberror', (error) => errors.push(String(error.error())));
  const page = await context.newPage();
  page.on('websocket', (socket) =>
    requests.push({ method: 'GET', url: socket.url(), type: 'websocket', body: null }),
  );
  await page.goto(url);
  return { page, policyViolations, errors, requests, [Symbol.asyncDispose]: () => context.close() };
}
