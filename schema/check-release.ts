/** Fails when the printed schema breaks clients of the last release: `npm run check:schema`. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { judgeRelease } from './judge-release.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const { version } = JSON.parse(read('../package.json')) as { version: string };
const root = fileURLToPath(new URL('..', import.meta.url));
const { ok, text } = await judgeRelease(root, read('subgraph.graphql'), version);
process.stdout.write(`schema/subgraph.graphql: ${text}\n`);
if (!ok) process.exitCode = 1;
