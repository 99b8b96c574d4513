import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import { isolateEntities } from './isolate-entities.ts';
import './scalars.ts';
import './upload-job.ts';
import './coupon-series.ts';
import './upload-coupon-batch.ts';
import './upload-redeemed-coupons.ts';
import './upload-job-updated.ts';

/** The subgraph's executable schema. The nouns register themselves with the builder when they are imported. */
export const schema: GraphQLSchema = isolateEntities(
  builder.toSubGraphSchema({ linkUrl: 'https://specs.apollo.dev/federation/v2.6' }),
);
