/** Hive Gateway's runtime: `tsx hive-gateway.ts <uploads url> <series url> [rust] [ws]`. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createGatewayRuntime, getGraphQLWSOptions } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import type { FormattedExecutionResult } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { maskError } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { listen } from './listen.ts';

const [uploadsUrl = '', seriesUrl = '', ...extras] = process.argv.slice(2);
const supergraph = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
const token = "{context.headers['x-cap-api-oauth-token']}";

// docs: begin
const gateway = createGatewayRuntime({
  supergraph,
  multipart: true,
  // Here, and not in the subgraph: the header that it asks for is sent along below, whoever calls.
  csrfPrevention: {
    requestHeaders: ['graphql-require-preflight', 'apollo-require-preflight', 'x-graphql-yoga-csrf'],
  },
  transportEntries: {
    'coupon-uploads': {
      location: uploadsUrl,
      // The connection parameters of a WebSocket client are among these headers, too.
      headers: [
        ['x-cap-api-oauth-token', token],
        ['graphql-require-preflight', '1'],
      ],
      // Without this, subscriptions go to the subgraph over SSE.
      ...(extras.includes('ws') && { options: { subscriptions: overWebSocket() } }),
    },
    'coupon-series': { location: seriesUrl },
  },
  // In subscriptions of the Rust planner a subgraph's errors are plain objects, which would all be masked.
  maskedErrors: {
    maskError: (error, ...rest) => (isFromSubgraph(error) ? error : maskError(error, ...rest)),
  },
  ...(extras.includes('rust') && { unifiedGraphHandler }),
});

function overWebSocket() {
  const options = { connectionParams: { 'x-cap-api-oauth-token': token } };
  return { kind: 'ws', location: '/graphql', options };
}

function isFromSubgraph(error: unknown): error is Error {
  const { extensions } = error as { extensions?: { serviceName?: string } };
  return extensions?.serviceName !== undefined;
}

// The first WebSocket would find no schema.
await gateway.getSchema();
const server = createServer(gateway);
useServer(
  {
    ...getGraphQLWSOptions(gateway, ({ extra }) => upgradeOf(extra)),
    // As it is: the plain errors have no toJSON, which graphql-ws would call.
    onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
  },
  new WebSocketServer({ server, path: '/graphql' }),
);

function upgradeOf(extra: unknown) {
  const { request } = extra as { request: IncomingMessage };
  return { request, headers: request.headers };
}
// docs: end

listen(server);
