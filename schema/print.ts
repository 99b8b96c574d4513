/** Writes `schema/subgraph.graphql` from the code: `npm run schema`. */
import { writeFileSync } from 'node:fs';
import { printSubgraph } from './print-subgraph.ts';

writeFileSync(new URL('subgraph.graphql', import.meta.url), printSubgraph());
