import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createYoga } from 'graphql-yoga';
import { createDispatcher } from '../src/capillary/create-dispatcher.ts';
import { createListJobs } from '../src/capillary/list-jobs.ts';
import { passThroughCredential } from '../src/capillary/pass-through-credential.ts';
import type { UpstreamJob } from '../src/capillary/upstream-job.ts';
import { createFairQueue } from '../src/flow/fair-queue.ts';
import { createShareInFlight } from '../src/flow/share-in-flight.ts';
import type { GatewayContext } from '../src/gateway-context.ts';
import { createSeriesJobs } from '../src/jobs/series-jobs.ts';
import { schema } from '../src/schema/schema.ts';

/**
 * The gateway's schema and resolvers in Yoga as it comes: no limits, no CSRF rule, no request ids, no log lines, no metrics.
 * What all of those cost a query is the difference.
 */
const couponApiUrl = process.argv[2] ?? '';
const listJobs = createListJobs({ couponApiUrl, dispatcher: createDispatcher(), timeoutMs: 15_000 });
const inFlight = createShareInFlight<readonly UpstreamJob[]>();
const inTurn = createFairQueue(32);
const yoga = createYoga({
  schema,
  logging: false,
  context({ request }): Pick<GatewayContext, 'credential' | 'signal' | 'seriesJobs'> {
    const own = passThroughCredential(request.headers.get('x-cap-api-oauth-token') ?? '');
    const credential = () => own;
    const { signal } = request;
    return {
      credential,
      signal,
      seriesJobs: createSeriesJobs({ listJobs, inFlight, inTurn, credential, signal }),
    };
  },
});
const server = createServer(yoga).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${port}/graphql` })}\n`);
});
