import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { loadGraphQLSchemaFromOpenAPI } from '@omnigraph/openapi';
import { createYoga } from 'graphql-yoga';
import { sayReady } from './say-ready.js';

// GraphQL Mesh's OpenAPI handler, in Yoga as Mesh serves it. Yoga's cap of 25 MB is lifted.
const [couponApiUrl] = process.argv.slice(2);
const schema = await loadGraphQLSchemaFromOpenAPI('coupons', {
  source: fileURLToPath(new URL('coupon-api.json', import.meta.url)),
  endpoint: couponApiUrl,
  operationHeaders: { 'x-cap-api-oauth-token': 'bench' },
});
sayReady(createServer(createYoga({ schema, maxRequestBodySize: false, logging: false })));
