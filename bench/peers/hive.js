import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { getComposedSchemaFromConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';
import { sayReady } from './say-ready.js';

// Hive Gateway with the OpenAPI document as its only subgraph. It takes no option for the cap of its Yoga.
const [couponApiUrl] = process.argv.slice(2);
const silent = { info() {}, debug() {}, warn() {}, error() {}, log() {}, child: () => silent };
const supergraph = await getComposedSchemaFromConfig(
  {
    subgraphs: [
      {
        sourceHandler: loadOpenAPISubgraph('coupons', {
          source: fileURLToPath(new URL('coupon-api.json', import.meta.url)),
          endpoint: couponApiUrl,
          operationHeaders: { 'x-cap-api-oauth-token': 'bench' },
        }),
      },
    ],
  },
  silent,
);
const gateway = createGatewayRuntime({ supergraph, multipart: true, logging: false });
sayReady(createServer(gateway));
