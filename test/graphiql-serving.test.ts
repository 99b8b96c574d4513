import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createExplorer } from '../src/http/explorer/create-explorer.ts';
import { sendPageFile } from '../src/http/explorer/send-page-file.ts';
import { startProcess } from './support/gateway-process.ts';
import { token } from './support/graphql-client.ts';
import { listen } from './support/listen.ts';
import { openConnection } from './support/raw-connection.ts';
import { exchange, type RequestHeaders, readGraphQL, requestHead } from './support/raw-graphql.ts';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

// The page is the one that `npm run build` made.

/** As a browser that opens an address says it. */
const navigation = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

let gateway: TestGateway;
let withoutPage: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  withoutPage = await startGateway({ env: { GRAPHIQL: 'false' } });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await withoutPage[Symbol.asyncDispose]();
});

async function get(path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') {
  const answer = await request(new URL(path, gateway.url), { method, headers });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: answer.headers, bytes };
}

/** Asks for a target exactly as it is written. */
const getRaw = (target: string, headers: RequestHeaders = {}, { url } = gateway) =>
  exchange(url, requestHead('GET', target, headers));

/** The scripts, style sheets and preloads that the page names. */
async function assetsOfPage(): Promise<string[]> {
  const html = (await get('/graphiql/')).bytes.toString();
  const assets = [...html.matchAll(/(?:src|href)="(\/graphiql\/[^"]+)"/g)].map(([, path]) => path as string);
  expect(assets.length).toBeGreaterThan(2);
  return assets;
}

describe('With GRAPHIQL=false', () => {
  test.each(['/', '/graphiql', '/graphiql/', '/graphiql/index.html', '/graphiql/settings.json'])(
    'there is nothing at %s',
    async (target) => {
      const answer = await getRaw(target, { accept: navigation }, withoutPage);
      expect(readGraphQL(answer)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    },
  );

  test('a browser that opens a query gets its result', async () => {
    const target = `/graphql?query=${encodeURIComponent('{ __typename }')}`;
    const answer = await getRaw(target, { accept: navigation }, withoutPage);
    expect(readGraphQL(answer)).toMatchObject({ status: 200, data: { __typename: 'Query' } });
  });
});

describe('Where no page was built', () => {
  test('its address says what builds it, and keeps saying so until it is built', async () => {
    await using own = await serveFolder();
    const answer = await exchange(own.url, requestHead('GET', '/graphiql/'));
    expect(answer).toMatchObject({
      status: 404,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
      body: expect.stringMatching(/npm ci.*npm run build/s),
    });
    await own.write('index.html', '<p>built now</p>');
    await own.list({ 'index.html': 16 });
    expect(await exchange(own.url, requestHead('GET', '/graphiql/'))).toMatchObject({
      status: 200,
      body: '<p>built now</p>',
    });
  });

  test('a file that is listed and gone is a 500 that names no path, and a line in the log', async () => {
    await using own = await serveFolder();
    await own.list({ 'index.html': 16 });
    const answer = await exchange(own.url, requestHead('GET', '/graphiql/'));
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain(tmpdir());
    expect(own.errors).toMatchObject([{ err: { code: 'ENOENT' } }]);
  });

  test('a list that cannot be read is a 500, and a line in the log', async () => {
    await using own = await serveFolder();
    await own.write('page.json', '{');
    expect(await exchange(own.url, requestHead('GET', '/graphiql/'))).toMatchObject({ status: 500 });
    expect(own.errors).toHaveLength(1);
  });

  test('a browser that leaves in the middle of a file is no error', async () => {
    await using own = await serveFolder();
    const bytes = 32 * 1024 * 1024;
    await own.write('index.html', 'x'.repeat(bytes));
    await own.list({ 'index.html': bytes });
    const responded = own.nextResponse();
    {
      using connection = await openConnection(own.url);
      await connection.write(requestHead('GET', '/graphiql/'));
      connection.socket.resume();
      await once(connection.socket, 'data');
    }
    const response = await responded;
    if (!response.closed) await once(response, 'close');
    // What is answered next was asked for after the first had failed.
    expect((await request(new URL('/graphiql/settings.json', own.url))).statusCode).toBe(200);
    expect(own.errors).toEqual([]);
  });
});

test('A file for a browser that is gone by now is closed again', async () => {
  await using own = await serveFolder();
  await own.write('index.html', 'x'.repeat(1_000_000));
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  // As the gateway ends a response that waits behind others when their connection is gone.
  res.destroy();
  res.emit('close');
  const file = { hash: 'h', bytes: { identity: 1_000_000 } };
  await expect(sendPageFile(req, res, own.folder, 'index.html', file)).resolves.toBeUndefined();
});

describe('Under /graphiql/', () => {
  test.each([
    '/graphiql/nothing.js',
    '/graphiql/assets',
    '/graphiql/assets/',
    '/graphiql/page.json',
    '/graphiql/index.html.br',
    '/graphiql/../main.js',
    '/graphiql/../../package.json',
    '/graphiql/assets/../../main.js',
    '/graphiql/%2e%2e/main.js',
    '/graphiql/..%2fmain.js',
    '/graphiql/..%5cmain.js',
    '/graphiql/..\\main.js',
    '/graphiql//etc/passwd',
    '/graphiql/%2fetc%2fpasswd',
    '/graphiql/index.html%00',
    '/graphiql/%',
    '/graphiql/constructor',
    '/graphiql/__proto__',
  ])('%s does not exist', async (target) => {
    const answer = await getRaw(target);
    expect(answer).toMatchObject({ status: 404, body: 'The explorer has no such file.\n' });
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
  });

  test.each(['/graphiql', '/graphiql/', '/graphiql/settings.json', '/'])(
    '%s takes no POST, and says where one is taken',
    async (target) => {
      const answer = await exchange(gateway.url, requestHead('POST', target, { 'content-length': 0 }));
      expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
      expect(answer.body).toContain('/graphql');
    },
  );

  test('the page comes with a policy that trusts its own origin alone, and nothing in line', async () => {
    const { headers, bytes } = await get('/graphiql/');
    const policy = Object.fromEntries(
      String(headers['content-security-policy'])
        .split('; ')
        .map((directive) => [directive.split(' ', 1)[0], directive.slice(directive.indexOf(' ') + 1)]),
    );
    expect(policy).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self' 'unsafe-inline'",
      'img-src': "'self' data:",
      'font-src': "'self'",
      'connect-src': "'self'",
      'worker-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const html = bytes.toString();
    expect(html).toMatch(/<script type="module"[^>]* src="\/graphiql\//);
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=|https?:\/\//i);
  });

  test('the page is asked for anew each time, what it names is kept for ever', async () => {
    expect((await get('/graphiql/')).headers['cache-control']).toBe('no-cache');
    for (const asset of await assetsOfPage()) {
      const { status, headers } = await get(asset);
      expect({ asset, status, cache: headers['cache-control'], type: headers['content-type'] }).toEqual({
        asset,
        status: 200,
        cache: 'public, max-age=31536000, immutable',
        type: asset.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8',
      });
    }
  });

  test.each([
    { accepts: undefined, sent: undefined },
    { accepts: '', sent: undefined },
    { accepts: 'identity', sent: undefined },
    { accepts: 'zstd, deflate', sent: undefined },
    { accepts: 'br;q=0, gzip;q=0', sent: undefined },
    { accepts: 'vibrator', sent: undefined },
    { accepts: 'gzip', sent: 'gzip' },
    { accepts: 'gzip, deflate, br, zstd', sent: 'br' },
    { accepts: 'GZIP;q=1, BR;q=0.5', sent: 'gzip' },
    { accepts: '*', sent: 'br' },
    { accepts: 'br;q=0, *;q=0.1', sent: 'gzip' },
    { accepts: 'identity, gzip;q=0.5', sent: undefined },
  ])('a client that takes "$accepts" is sent $sent', async ({ accepts, sent }) => {
    const [asset = ''] = await assetsOfPage();
    const plain = await get(asset);
    const { headers, bytes } = await get(asset, accepts === undefined ? {} : { 'accept-encoding': accepts });
    expect(headers).toMatchObject({ vary: 'accept-encoding', 'content-length': String(bytes.length) });
    expect(headers['content-encoding']).toBe(sent);
    expect(headers['content-type']).toBe(plain.headers['content-type']);
    const unpack = { br: brotliDecompressSync, gzip: gunzipSync }[sent ?? ''];
    expect((unpack ? unpack(bytes) : bytes).equals(plain.bytes)).toBe(true);
    if (sent) expect(bytes.length).toBeLessThan(plain.bytes.length / 2);
  });

  test('a client that has the page is told so, one that has another is sent it', async () => {
    const { headers } = await get('/graphiql/', { 'accept-encoding': 'br' });
    const etag = String(headers['etag']);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get('/graphiql/', { 'accept-encoding': 'br', 'if-none-match': known });
      expect({ known, status: again.status, bytes: again.bytes.length }).toEqual({
        known,
        status: 304,
        bytes: 0,
      });
      expect(again.headers).toMatchObject({ etag, 'cache-control': 'no-cache', vary: 'accept-encoding' });
      expect(again.headers['content-security-policy']).toBe(headers['content-security-policy']);
    }
    for (const [known, encoding] of [
      ['"other"', 'br'],
      [etag.slice(1, -1), 'br'],
      [etag, 'gzip'],
    ] as const) {
      const sent = await get('/graphiql/', { 'accept-encoding': encoding, 'if-none-match': known });
      expect({ known, encoding, status: sent.status }).toEqual({ known, encoding, status: 200 });
    }
  });

  test('HEAD answers as GET does, without the file', async () => {
    for (const path of ['/graphiql/', '/graphiql/settings.json', '/graphiql/nothing.js']) {
      const whole = await get(path);
      const head = await get(path, {}, 'HEAD');
      expect(head).toMatchObject({ status: whole.status, bytes: Buffer.alloc(0) });
      for (const name of ['content-type', 'content-length', 'cache-control', 'etag']) {
        expect({ path, name, value: head.headers[name] }).toEqual({ path, name, value: whole.headers[name] });
      }
      expect(whole.bytes.length).toBeGreaterThan(0);
    }
  });

  test('a Range is not served in parts, and breaks nothing', async () => {
    for (const range of ['bytes=0-9', 'bytes=9-0', 'bytes=-', 'bytes=99999999-', 'lines=1-2']) {
      const { status, bytes } = await get('/graphiql/', { range });
      expect({ range, status }).toEqual({ range, status: 200 });
      expect(bytes.toString()).toContain('</html>');
    }
  });

  test('each file of the page is served without a word on stderr', async () => {
    await using process = await startProcess();
    for (const path of ['/graphiql/', ...(await assetsOfPage())]) {
      const { statusCode, body } = await request(new URL(path, process.url));
      expect({ path, statusCode }).toEqual({ path, statusCode: 200 });
      await body.dump();
    }
    process.kill('SIGTERM');
    expect((await process.ended).stderr).toBe('');
  });

  test('the settings hold the token of the embedded sandbox, and no other', async () => {
    await using process = await startProcess();
    const settings = async (url: string) => {
      const { headers, body } = await request(new URL('/graphiql/settings.json', url));
      return { cache: headers['cache-control'], type: headers['content-type'], json: await body.json() };
    };
    const shared = { cache: 'no-store', type: 'application/json; charset=utf-8' };
    expect(await settings(process.url)).toEqual({
      ...shared,
      json: { sandboxToken: 'sandbox-token' },
    });
    expect(await settings(gateway.url)).toEqual({
      ...shared,
      json: { sandboxToken: null },
    });
  });
});

describe('A browser is sent to the page', () => {
  test.each([
    ['/', '/graphiql/'],
    ['/?a=b', '/graphiql/?a=b'],
    ['/graphiql', '/graphiql/'],
    ['/graphiql?query=%7Bx%7D', '/graphiql/?query=%7Bx%7D'],
    ['/graphql', '/graphiql/'],
    ['/graphql?query=%7Bx%7D&variables=%7B%7D', '/graphiql/?query=%7Bx%7D&variables=%7B%7D'],
    ['//evil.example/graphql', null],
    ['/graphql?//evil.example', '/graphiql/?//evil.example'],
    ['/graphql?q="<>', '/graphiql/?q=%22%3C%3E'],
  ])('that opens %s', async (target, location) => {
    const answer = await getRaw(target, { accept: navigation });
    expect({ status: answer.status, location: answer.headers['location'] ?? null }).toEqual({
      status: location === null ? 404 : 302,
      location,
    });
  });

  test('that opens a query, which is not executed', async () => {
    const query = '{ couponSeries(id: "541854") { uploadJobs { totalCount } } }';
    const target = `/graphql?query=${encodeURIComponent(query)}`;
    const headers = { 'x-cap-api-oauth-token': token };
    expect((await getRaw(target, { accept: navigation, ...headers })).status).toBe(302);
    expect(gateway.sandbox.requests).toEqual([]);

    const asked = await getRaw(target, { accept: 'application/json', ...headers });
    expect(readGraphQL(asked)).toMatchObject({ data: { couponSeries: { uploadJobs: { totalCount: 0 } } } });
    expect(gateway.sandbox.requests).not.toEqual([]);
  });

  test.each([
    undefined,
    '*/*',
    'application/json',
    'application/graphql-response+json, application/json;q=0.9',
    'application/json, text/html',
    'text/html;q=0.8, application/json',
    'text/html;q=0, */*',
    'application/graphql-response+json, text/html;q=0.1',
  ])('and no other client: Accept: %s', async (accept) => {
    const target = `/graphql?query=${encodeURIComponent('{ __typename }')}`;
    const answer = await getRaw(target, accept === undefined ? {} : { accept });
    expect(readGraphQL(answer)).toMatchObject({ data: { __typename: 'Query' } });
  });
});

/** The explorer alone, with a folder of its own for the built page. */
async function serveFolder() {
  const path = await mkdtemp(join(tmpdir(), 'explorer-'));
  const folder = pathToFileURL(`${path}/`);
  const errors: unknown[] = [];
  let onResponse = (_: ServerResponse) => {};
  const explorer = createExplorer({
    sandboxToken: null,
    log: { error: (entry: unknown) => void errors.push(entry) },
    folder,
  });
  const server = createServer((req, res) => {
    onResponse(res);
    explorer(req, res, req.url ?? '');
  });
  const listening = await listen(server);
  const write = (name: string, content: string) => writeFile(join(path, name), content);
  return {
    url: `http://${listening.host}/`,
    folder,
    errors,
    write,
    list: (bytes: Record<string, number>) =>
      write(
        'page.json',
        JSON.stringify({
          files: Object.fromEntries(
            Object.entries(bytes).map(([name, identity]) => [name, { hash: 'h', bytes: { identity } }]),
          ),
        }),
      ),
    nextResponse: () =>
      new Promise<ServerResponse>((resolve) => {
        onResponse = resolve;
      }),
    async [Symbol.asyncDispose]() {
      await listening[Symbol.asyncDispose]();
      await rm(path, { recursive: true });
    },
  };
}
