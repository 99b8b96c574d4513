import type { Page } from 'playwright-core';

/** The address of the explorer of the gateway whose API is at `url`. */
export function explorerUrl(url: string, parameters: Readonly<Record<string, string>> = {}): string {
  const address = new URL('/graphiql/', url);
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return address.href;
}

/** Resolves when a person could type a query. */
export async function editorIsUsable(page: Page): Promise<void> {
  await page.locator('.graphiql-query-editor .monaco-editor textarea').waitFor({ state: 'attached' });
}

/** What the query editor holds. */
export function readQuery(page: Page): Promise<string> {
  return readModel(page, 'operation.graphql');
}

/** What the editor of variables holds. */
export function readVariables(page: Page): Promise<string> {
  return readModel(page, 'variables.json');
}

/** Replaces what the editor of headers holds. */
export function writeHeaders(page: Page, text: string): Promise<void> {
  return page.evaluate(`${model('request-headers.json')}.setValue(${JSON.stringify(text)})`);
}

function readModel(page: Page, name: string): Promise<string> {
  return page.evaluate(`${model(name)}.getValue()`);
}

/** An expression for an editor's text, of which it shows the lines in view alone; GraphiQL leaves Monaco in a global. */
function model(name: string): string {
  return `__MONACO.editor.getModels().find(({ uri }) => uri.path.endsWith('-${name}'))`;
}

/** How many bytes went over the line for all that the page loaded so far, workers included; what was cached counts 0. */
export async function transferred(page: Page): Promise<{ requests: number; bytes: number }> {
  const sizes = await page.evaluate<number[]>(
    `[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .map(({ transferSize }) => transferSize)`,
  );
  return { requests: sizes.length, bytes: sizes.reduce((total, each) => total + each, 0) };
}
