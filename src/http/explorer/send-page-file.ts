import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { chooseEncoding, type Encoding } from './choose-encoding.ts';
import { pageHeaders } from './page-headers.ts';
import type { PageFile } from './page-list.ts';

/**
 * Sends one file of the page in the smallest form that the client takes, or 304 when the client has it.
 * Rejects when the file is not there; a client that goes away meanwhile is no error.
 */
export async function sendPageFile(
  req: IncomingMessage,
  res: ServerResponse,
  folder: URL,
  path: string,
  { hash, bytes }: PageFile,
): Promise<void> {
  const encoding = chooseEncoding(
    req.headers['accept-encoding'],
    encodings.filter((each) => bytes[each] !== undefined),
  );
  const etag = `"${hash}.${encoding}"`;
  const headers = {
    ...pageHeaders,
    // The build names assets after their content; the name of the page itself never changes.
    'cache-control': path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag,
    vary: 'accept-encoding',
  };
  if (hasAlready(req, etag)) return void res.writeHead(304, headers).end();

  await using file = await open(new URL(encoding === 'identity' ? path : `${path}.${encoding}`, folder));
  const { size } = await file.stat();
  // A response that waited behind others on its connection closes without Node's knowledge: `pipeline` would wait for ever.
  if (res.destroyed) return;
  res.writeHead(200, {
    ...headers,
    'content-type': contentTypes[extname(path)] ?? 'application/octet-stream',
    'content-length': size,
    ...(encoding !== 'identity' && { 'content-encoding': encoding }),
  });
  if (req.method === 'HEAD') return void res.end();
  // `pipeline` alone adds seven listeners to those of the server: Node would take them together for a leak.
  res.setMaxListeners(20);
  await pipeline(file.createReadStream({ autoClose: false }), res).catch((error: NodeJS.ErrnoException) => {
    if (!clientIsGone.has(error.code ?? '')) throw error;
  });
}

const clientIsGone = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE']);

/** Best first. */
const encodings: readonly Encoding[] = ['br', 'gzip', 'identity'];

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

function hasAlready(req: IncomingMessage, etag: string): boolean {
  const known = req.headers['if-none-match']?.split(',').map((each) => each.trim().replace(/^W\//, ''));
  return known !== undefined && (known.includes(etag) || known.includes('*'));
}
