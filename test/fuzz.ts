/** `npm run fuzz -- [runs, default 1000] [seed]`: the fuzz tests with so many runs each. What fails prints its seed and path. */
import { spawnSync } from 'node:child_process';

const [runs = '1000', seed] = process.argv.slice(2);
const env = { ...process.env, FUZZ_RUNS: runs, ...(seed && { FUZZ_SEED: seed }) };
const args = ['vitest', 'run', '--config', 'test/vitest.config.ts', '--testTimeout', '0', 'test/fuzz-'];
process.exit(spawnSync('npx', args, { stdio: 'inherit', env }).status ?? 1);
