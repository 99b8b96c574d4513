import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../log.ts';
import { pageHeaders } from './page-headers.ts';
import { readPageList } from './page-list.ts';
import { prefersPage } from './prefers-page.ts';
import { sendPageFile } from './send-page-file.ts';

/** What the page is told, and where it lies. */
export interface ExplorerOptions {
  /** A token that the page may fill in: the embedded sandbox's, which is no secret. */
  readonly sandboxToken: string | null;
  readonly log: Pick<Log, 'error'>;
  /** Where the built page lies; ends in a slash. Default: where `npm run build` puts it. */
  readonly folder?: URL | undefined;
}

/** Answers a request if it is for the explorer, and returns whether it was. */
export type Explorer = (req: IncomingMessage, res: ServerResponse, path: string) => boolean;

/** Serves the explorer page under `/graphiql/`, and sends browsers that open `/` or `/graphql` there. */
export function createExplorer({ sandboxToken, log, folder = builtPage }: ExplorerOptions): Explorer {
  async function serve(req: IncomingMessage, res: ServerResponse, path: string): Promise<void> {
    if (path === 'settings.json') {
      return answer(req, res, 200, 'application/json', `${JSON.stringify({ sandboxToken })}\n`);
    }
    const files = await readPageList(folder);
    if (!files) return answer(req, res, 404, 'text/plain', notBuilt);
    const file = files.get(path || 'index.html');
    if (!file) return answer(req, res, 404, 'text/plain', 'The explorer has no such file.\n');
    await sendPageFile(req, res, folder, path || 'index.html', file);
  }

  return (req, res, path) => {
    const isPage = path.startsWith('/graphiql/');
    const isDoor = path === '/' || path === '/graphiql' || (path === '/graphql' && prefersPage(req));
    if (!isPage && !isDoor) return false;
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('allow', 'GET, HEAD');
      answer(req, res, 405, 'text/plain', 'only GET and HEAD: the API is at /graphql\n');
    } else if (isDoor) {
      // With the query string: the page shows a query that is in it, and leaves running it to the person.
      const { search } = new URL(req.url ?? '', 'http://localhost');
      res.writeHead(302, { location: `/graphiql/${search}`, vary: 'accept' }).end();
    } else {
      serve(req, res, path.slice('/graphiql/'.length)).catch((error: unknown) => {
        log.error({ err: error }, 'a file of the explorer could not be sent');
        if (res.headersSent) res.destroy();
        else answer(req, res, 500, 'text/plain', 'The explorer could not be read. The log has more.\n');
      });
    }
    return true;
  };
}

// Under a test runner this file is a source; the page is where the build puts it all the same.
const builtPage = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/graphiql/' : '../../graphiql/',
  import.meta.url,
);

const notBuilt = `The explorer page was not built here. "npm ci" (with development dependencies) and "npm run build" build it;
GRAPHIQL=false switches it off. The API is at /graphql.
`;

function answer(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  contentType: string,
  body: string,
): void {
  res.writeHead(status, {
    ...pageHeaders,
    'content-type': `${contentType}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  res.end(req.method === 'HEAD' ? undefined : body);
}
