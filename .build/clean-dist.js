import { existsSync, readdirSync, rmSync } from 'node:fs';

// All but the explorer page: it takes seconds to build, and `build-page.js` sees by itself when it is stale.
const dist = new URL('../dist/', import.meta.url);
for (const name of existsSync(dist) ? readdirSync(dist) : []) {
  if (name !== 'graphiql') rmSync(new URL(name, dist), { recursive: true, force: true });
}
