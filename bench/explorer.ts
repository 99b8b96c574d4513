/**
 * What the explorer page costs: `npm run bench:explorer`, under a minute. Its build, and what a browser waits for and
 * fetches that opens it for the first time and again.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext } from 'playwright-core';
import { explorerUrl, transferred } from '../test/support/explorer-page.ts';
import { openBrowser } from '../test/support/open-browser.ts';
import { median } from './median.ts';
import { startGateway } from './start-gateway.ts';

interface Load {
  /** From the start of the navigation to the first frame that shows the editor. */
  readonly usableMs: number;
  readonly requests: number;
  /** Over the line, headers too. */
  readonly bytes: number;
}

/** Runs in the page. A text, since this project knows no DOM types. */
const stampEditor = `globalThis.editorAt = new Promise((resolve) => {
  new MutationObserver((_, observer) => {
    if (!document.querySelector('.graphiql-query-editor .monaco-editor textarea')) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  }).observe(document, { childList: true, subtree: true });
});`;

const rounds = 7;
const print = (text: string) => process.stdout.write(`${text}\n`);

print(`${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}`);
rmSync('dist/graphiql/page.json', { force: true });
execFileSync(process.execPath, ['.build/build-page.js'], { stdio: 'inherit' });

const gateway = await startGateway();
const { browser, ...opened } = await openBrowser();
print(`Chromium ${browser.version()}, medians of ${rounds}`);
const cold: Load[] = [];
const warm: Load[] = [];
for (let round = 0; round < rounds; round++) {
  const profile = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await profile.addInitScript(stampEditor);
  cold.push(await load(profile));
  warm.push(await load(profile));
  await profile.close();
}
printLoads('the first time', cold);
printLoads('again', warm);
await opened[Symbol.asyncDispose]();
await gateway.stop();

async function load(profile: BrowserContext): Promise<Load> {
  const page = await profile.newPage();
  await page.goto(explorerUrl(gateway.url));
  const usableMs = await page.evaluate<number>('editorAt');
  // The editor's threads come after it, and count too.
  await sleep(1_000);
  const { requests, bytes } = await transferred(page);
  await page.close();
  return { usableMs, requests, bytes };
}

function printLoads(name: string, loads: readonly Load[]): void {
  const slowest = Math.max(...loads.map(({ usableMs }) => usableMs));
  print(
    `${name}: editor usable after ${median(loads.map((each) => each.usableMs)).toFixed(0)} ms (slowest ${slowest.toFixed(0)}), ` +
      `${(median(loads.map((each) => each.bytes)) / 1e6).toFixed(2)} MB in ${median(loads.map((each) => each.requests))} requests`,
  );
}
