import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import GraphQLUpload from 'graphql-upload/GraphQLUpload.mjs';
import graphqlUploadExpress from 'graphql-upload/graphqlUploadExpress.mjs';
import { couponSchema } from './coupon-schema.js';
import { forwardStream } from './forward-stream.js';
import { sayReady } from './say-ready.js';

// Apollo Server with graphql-upload, which keeps each file on disk while it is read.
const [couponApiUrl] = process.argv.slice(2);
const apollo = new ApolloServer({
  typeDefs: couponSchema,
  resolvers: {
    Upload: GraphQLUpload,
    Mutation: {
      uploadCouponBatch: async (_, { file, input }) => forwardStream(couponApiUrl, await file, input),
    },
  },
});
await apollo.start();
const app = express();
app.use('/graphql', graphqlUploadExpress(), express.json(), expressMiddleware(apollo));
sayReady(createServer(app));
