import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { couponSchema } from './coupon-schema.js';
import { forwardFile } from './forward-file.js';
import { sayReady } from './say-ready.js';

// Yoga with its own multipart parser. Its cap of 25 MB is lifted, or no file of the bench would pass.
const [couponApiUrl] = process.argv.slice(2);
const yoga = createYoga({
  maxRequestBodySize: false,
  logging: false,
  schema: createSchema({
    typeDefs: couponSchema,
    resolvers: {
      Mutation: { uploadCouponBatch: (_, { file, input }) => forwardFile(couponApiUrl, file, input) },
    },
  }),
});
sayReady(createServer(yoga));
