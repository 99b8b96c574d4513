import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { listen } from './listen.ts';

/** The example subgraph that owns coupon series, listening. Disposing cuts every connection. */
export interface SeriesOwner extends AsyncDisposable {
  /** `http://127.0.0.1:<port>/graphql` */
  readonly url: string;
}

const sdl = readFileSync(new URL('../../schema/coupon-series-owner.graphql', import.meta.url), 'utf8');

/** It knows series 541854, named "Spring", and no other. */
export async function startSeriesOwner(): Promise<SeriesOwner> {
  const spring = { id: '541854', name: 'Spring', validUntil: '2027-05-31' };
  const find = (id: string) => (id === spring.id ? spring : null);
  const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: '541854', endCursor: '541854' };
  const schema = buildSubgraphSchema({
    typeDefs: parse(sdl),
    resolvers: {
      CouponSeries: { __resolveReference: ({ id }: { id: string }) => find(id) },
      Query: {
        couponSeries: (_: unknown, { id }: { id: string }) => find(id),
        allCouponSeries: () => ({ nodes: [spring], pageInfo }),
      },
    },
  });
  const server = createServer(createYoga({ schema, logging: false }));
  const listening = await listen(server);
  return {
    url: `http://${listening.host}/graphql`,
    [Symbol.asyncDispose]: listening[Symbol.asyncDispose],
  };
}
