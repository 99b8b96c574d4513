/**
 * The soak: `npm run soak -- <minutes> [seed]`, ten minutes and a seed of its own by default. Ends with 1 when anything is
 * left over, a key made two jobs, something was logged as an error, or, from ten minutes on, memory grows after the warm-up.
 */
import { cpus } from 'node:os';
import { type MemorySample, slopeAMinute } from './memory-samples.ts';
import { runSoak } from './run-soak.ts';

const [minutesText = '10', seedText = String(Date.now() % 1_000_000)] = process.argv.slice(2);
const [minutes, seed] = [Number(minutesText), Number(seedText)];
if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error('npm run soak -- <minutes> [seed]');

/** What memory, its garbage collected, may grow by in a minute. */
const maxSlopeMiB = 1;
/** Until the caches of parsed documents are full, which are bounded by how many there are. */
const warmUpMs = Math.min(240_000, minutes * 60_000 * 0.4);

const print = (text: string) => void process.stdout.write(`${text}\n`);
print(`seed ${seed}, ${minutes} minutes, ${cpus().length} cores, Node ${process.version}`);
const startedMs = performance.now();
let printedMs = 0;
const report = await runSoak({
  ...{ seconds: minutes * 60, seed },
  onSample({ atMs, rssMiB, heapMiB, lagMs }) {
    if (atMs - printedMs < 30_000) return;
    printedMs = atMs;
    const at = ((atMs - startedMs) / 60_000).toFixed(1);
    print(
      `${at} min: RSS ${rssMiB.toFixed(0)} MiB, heap ${heapMiB.toFixed(0)} MiB, lag p99 ${lagMs.toFixed(0)} ms`,
    );
  },
});

const warm = report.samples.filter(({ atMs }) => atMs - startedMs > warmUpMs);
const slope = (value: (sample: MemorySample) => number) => slopeAMinute(warm, value);
const rssSlope = slope(({ rssMiB }) => rssMiB);
const heapSlope = slope(({ heapMiB }) => heapMiB);
const most = (value: (sample: MemorySample) => number) => Math.max(...report.samples.map(value)).toFixed(0);
const lags = warm.map(({ lagMs }) => lagMs).toSorted((a, b) => a - b);
print(`after a warm-up of ${warmUpMs / 1_000} s, ${warm.length} samples, each after a garbage collection:`);
print(`RSS grows by ${rssSlope.toFixed(2)} MiB a minute, at most ${most(({ rssMiB }) => rssMiB)} MiB`);
print(`heap grows by ${heapSlope.toFixed(2)} MiB a minute, at most ${most(({ heapMiB }) => heapMiB)} MiB`);
print(`lag p99: ${lags[lags.length >> 1]?.toFixed(0)} ms (median), ${lags.at(-1)?.toFixed(0)} ms (most)`);
for (const [what, count] of [...report.counts].toSorted(([a], [b]) => a.localeCompare(b)))
  print(`${what}: ${count}`);
print(`left over: ${report.leftOver}`);

const isJudged = minutes >= 10;
const grows = isJudged && Math.max(rssSlope, heapSlope) > maxSlopeMiB;
if (grows) print(`MEMORY GROWS by more than ${maxSlopeMiB} MiB a minute`);
for (const name of report.doubleJobs) print(`TWO JOBS of ${name}`);
for (const fault of report.faults) print(`ERROR ${fault}`);
const isBroken = [...report.counts.keys()].some((what) => /INTERNAL_SERVER_ERROR|broken/.test(what));
const isBad = report.leftOver !== 'nothing' || report.doubleJobs.length > 0 || report.faults.length > 0;
process.exitCode = isBad || grows || isBroken ? 1 : 0;
