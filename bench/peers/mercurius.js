import Fastify from 'fastify';
import { GraphQLUpload } from 'graphql-upload-minimal';
import mercurius from 'mercurius';
import mercuriusUpload from 'mercurius-upload';
import { couponSchema } from './coupon-schema.js';
import { forwardStream } from './forward-stream.js';

const [couponApiUrl] = process.argv.slice(2);
const app = Fastify({ requestTimeout: 0 });
app.register(mercuriusUpload);
app.register(mercurius, {
  schema: couponSchema,
  resolvers: {
    Upload: GraphQLUpload,
    Mutation: {
      uploadCouponBatch: async (_, { file, input }) => forwardStream(couponApiUrl, await file, input),
    },
  },
});
const address = await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${JSON.stringify({ msg: 'ready', url: `${address}/graphql` })}\n`);
