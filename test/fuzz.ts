/**
 * `npm run fuzz -- [seconds, default 60] [seed]`: the fuzz tests for so long altogether. Prints the seed, how many cases each
 * test came to, and of what fails the smallest case that it found in its time, with the path that brings it back.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

const [seconds = '60', seed = String(randomInt(2 ** 31))] = process.argv.slice(2);
if (!(Number(seconds) > 0) || !Number.isSafeInteger(Number(seed))) {
  process.stderr.write('Usage: npm run fuzz -- [seconds] [seed]\n');
  process.exit(1);
}
process.stdout.write(`npm run fuzz -- ${seconds} ${seed}\n`);
const env = { ...process.env, FUZZ_SECONDS: seconds, FUZZ_SEED: seed };
// All files at once, each for all of the time: most of what they do is waiting.
const options = ['--config', 'test/vitest.config.ts', '--testTimeout', '0', '--maxWorkers', '8'];
process.exit(
  spawnSync('npx', ['vitest', 'run', ...options, 'test/fuzz-'], { stdio: 'inherit', env }).status ?? 1,
);
