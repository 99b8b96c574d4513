import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as clients from './support/browser-clients.ts';
import { eventually } from './support/eventually.ts';
import { hasChromium } from './support/find-chromium.ts';
import { openBrowser, type TestBrowser } from './support/open-browser.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';
import { type StubServer, startStubServer } from './support/stub-server.ts';
import { addJob, fast } from './support/subscription-clients.ts';

/** The examples as a page would load them: one script that sets the global `clients`. */
async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL('./support/browser-clients.ts', import.meta.url));
  const results = await build({
    ...{ configFile: false, logLevel: 'silent', define: { 'process.env.NODE_ENV': '"production"' } },
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'clients' } },
  });
  const [bundled] = results as Rolldown.RolldownOutput[];
  const [chunk] = bundled?.output ?? [];
  return chunk?.code ?? '';
}

declare global {
  interface Window {
    clients: typeof clients;
  }
}

describe.skipIf(!hasChromium())('In a browser, from a page of another origin,', () => {
  let browser: TestBrowser;
  let gateway: TestGateway;
  let frontEnd: StubServer;
  beforeAll(async () => {
    const script = await bundle();
    frontEnd = await startStubServer(({ path }) =>
      path === '/clients.js'
        ? { headers: { 'content-type': 'text/javascript' }, body: script }
        : {
            headers: { 'content-type': 'text/html' },
            body: '<!doctype html><title>Coupons</title><script src="/clients.js"></script>',
          },
    );
    gateway = await startGateway({ env: { ...fast.env, CORS_ORIGINS: frontEnd.url } });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
    await frontEnd[Symbol.asyncDispose]();
  });

  /** A page of an origin of its own, which the gateway lets in, with the examples. */
  const openPage = () => browser.open(frontEnd.url);

  test.each(['createPlainClient', 'createApolloClient', 'createUrqlClient'] as const)(
    '%s tells how much of a file has gone out, and its cancel reaches upstream',
    async (name) => {
      await using opened = await openPage();
      const { sandbox } = gateway;
      const fault = { kind: 'slow', bytesPerSecond: 20_000_000 } as const;
      sandbox.faults.set({ call: 'uploadFile', fault });
      const upload = (bytes: number, cancelled: boolean) =>
        opened.page.evaluate(
          async ({ name, url, bytes, cancelled }) => {
            const { createTokens } = window.clients;
            const tokens = createTokens(async () => 'sandbox-token');
            const client = window.clients[name]({ url, tokens });
            const row = '919999999999,CODE\n';
            const file = new File(['mobile,coupon\n', row.repeat(bytes / row.length)], 'coupons.csv');
            const progress: [number, number][] = [];
            const controller = new AbortController();
            const input = {
              ...{ couponSeriesId: '541854', customerIdentifierColumn: 0 },
              customerIdentifier: 'MOBILE' as const,
            };
            const uploading = client.upload(file, input, {
              signal: controller.signal,
              onProgress(sentBytes, totalBytes) {
                progress.push([sentBytes, totalBytes]);
                if (cancelled && sentBytes > 1_000_000) controller.abort(new Error('The person went away.'));
              },
            });
            const outcome = await uploading.then(
              (result) => result.__typename,
              (error: Error) => error.message,
            );
            return { outcome, progress, fileBytes: file.size };
          },
          { name, url: gateway.url, bytes, cancelled },
        );

      const mark = sandbox.requests.length;
      expect((await upload(32_000_000, true)).outcome).toBe('The person went away.');
      await eventually(() =>
        expect(sandbox.requests.slice(mark).filter(({ call }) => call === 'uploadFile')).toMatchObject([
          { complete: false, aborted: true },
        ]),
      );

      const { outcome, progress, fileBytes } = await upload(32_000_000, false);
      expect(outcome).toBe('UploadAccepted');
      const sent = progress.map(([sentBytes]) => sentBytes);
      expect(sent.length).toBeGreaterThan(2);
      expect(sent).toEqual(sent.toSorted((a, b) => a - b));
      const [last, total] = progress.at(-1) ?? [];
      expect(last).toBe(total);
      expect(total).toBeGreaterThan(fileBytes);
      expect(total).toBeLessThan(fileBytes + 10_000);
      sandbox.faults.clear();
    },
  );

  test.each(['createApolloClient', 'createUrqlClient', 'createSseClient', 'createWsClient'] as const)(
    '%s watches a job to its end',
    async (name) => {
      await using opened = await openPage();
      const { sandbox } = gateway;
      sandbox.jobs.hold();
      const { id, number } = await addJob(sandbox);
      const states: string[] = [];
      await opened.page.exposeFunction('tell', (status: string) => {
        states.push(status);
        sandbox.jobs.advance(number);
      });
      await opened.page.evaluate(
        async ({ name, url, id }) => {
          const tokens = window.clients.createTokens(async () => 'sandbox-token');
          const { tell } = window as unknown as { tell: (status: string) => void };
          const client = window.clients[name]({ url, tokens });
          await client.watch({ ids: [id], onState: ({ status }) => tell(status) });
        },
        { name, url: gateway.url, id },
      );
      expect(states).toEqual(['STARTED', 'VALIDATED', 'COMMITTED', 'FINISHED']);
    },
  );
});
