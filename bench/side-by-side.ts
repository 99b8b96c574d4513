/**
 * The gateway beside its peers, on one client and one sink: `npm run bench -- [MiB of the one file] [rounds]`; default 1024
 * and 3. Eight files at once are a sixteenth of it each. Prints the tables of docs/performance.md; what runs goes to stderr.
 */
import { existsSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { contenders } from './contenders.ts';
import { queryTable } from './query-table.ts';
import { startProcess } from './start-process.ts';
import { uploadTable } from './upload-table.ts';

const [mib = 1024, rounds = 3] = process.argv.slice(2).map(Number);
const boundaries = {
  browser: '----WebKitFormBoundaryAbCdEfGhIjKlMnOp',
  curl: '------------------------d74496d66958873eAbCdEf',
  undici: '----formdata-undici-054217936241',
};
const print = (text: string) => process.stdout.write(`${text}\n`);
const onRun = (line: string) => void process.stderr.write(`${line}\n`);

if (!existsSync('bench/peers/node_modules'))
  throw new Error('Install the peers first: npm ci --prefix bench/peers');
const machine = `${cpus().length} cores, ${cpus()[0]?.model.trim()}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB`;
print(
  `${machine}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}; medians of ${rounds} rounds\n`,
);

const sink = await startProcess(['--import', 'tsx', 'bench/sink.ts']);
for (const workload of [
  { files: 1, mib },
  { files: 8, mib: Math.max(1, Math.round(mib / 16)) },
]) {
  print(`${await uploadTable({ contenders, sinkUrl: sink.url, rounds, boundaries, onRun, ...workload })}\n`);
}
await sink.stop();
print(await queryTable({ rounds, seconds: Math.min(10, Math.max(2, mib / 100)), connections: 32, onRun }));
