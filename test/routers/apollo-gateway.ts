/** Apollo Server with @apollo/gateway, and files: `tsx apollo-gateway.ts <uploads url> <series url>`. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { listen } from './listen.ts';
import { readUpload } from './read-upload.ts';
import { type RouterContext, UploadDataSource } from './upload-data-source.ts';

const [uploadsUrl, seriesUrl] = process.argv.slice(2);
const supergraphSdl = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
const apollo = new ApolloServer<RouterContext>({
  // The headers that the uploads' subgraph takes, so that its clients work here unchanged.
  csrfPrevention: {
    requestHeaders: ['graphql-require-preflight', 'apollo-require-preflight', 'x-graphql-yoga-csrf'],
  },
  gateway: new ApolloGateway({
    supergraphSdl,
    buildService: ({ name }) =>
      name === 'coupon-uploads'
        ? new UploadDataSource({ url: uploadsUrl ?? '' })
        : new RemoteGraphQLDataSource({ url: seriesUrl ?? '' }),
  }),
});
await apollo.start();

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const isUpload = req.headers['content-type']?.startsWith('multipart/form-data');
  const upload = isUpload ? await readUpload(req) : undefined;
  const body = upload ? upload.operation : await json(req);
  const token = req.headers['x-cap-api-oauth-token']?.toString();
  const headers = new HeaderMap(Object.entries(req.headers).map(([name, value]) => [name, String(value)]));
  const result = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: req.method ?? '', headers, search: '', body },
    context: async () => ({ token, file: upload?.file }),
  });
  res.writeHead(result.status ?? 200, Object.fromEntries(result.headers));
  res.end(result.body.kind === 'complete' ? result.body.string : '');
}

async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    await answer(req, res);
  } catch (error) {
    res.writeHead(400, { 'content-type': 'application/json' });
    res.end(JSON.stringify({ errors: [{ message: (error as Error).message }] }));
  } finally {
    // A file that was refused is still coming in, and its client may read only once all of it is gone.
    req.unpipe().resume();
  }
}

listen(createServer((req, res) => void serve(req, res)));
