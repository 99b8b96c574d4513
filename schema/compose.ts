/** Writes `schema/supergraph.graphql` from this subgraph and the example owner of coupon series: `npm run compose`. */
import { writeFileSync } from 'node:fs';
import { composeSupergraph } from './compose-supergraph.ts';

writeFileSync(new URL('supergraph.graphql', import.meta.url), composeSupergraph());
