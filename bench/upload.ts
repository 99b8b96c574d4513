/**
 * Uploads through the gateway beside a raw pipe and beside the gateway without its checks, from the same client to the
 * same sink, in interleaved rounds. `npm run bench:upload -- [MiB] [rounds] [uploads at once]`; default 1024, 3, 1.
 */
import { cpus } from 'node:os';
import { pipeAndGateway, uncheckedGateway } from './contenders.ts';
import { askSha256 } from './send-file.ts';
import { startProcess } from './start-process.ts';
import { uploadTable } from './upload-table.ts';

const [mib = 1024, rounds = 3, files = 1] = process.argv.slice(2).map(Number);
const boundaries = { browser: '----WebKitFormBoundaryAbCdEfGhIjKlMnOp', short: 'abc123' };
const contenders = [
  ...pipeAndGateway,
  { ...uncheckedGateway, name: `${uncheckedGateway.name}, asked for the SHA-256`, query: askSha256 },
];
const onRun = (line: string) => void process.stderr.write(`${line}\n`);
const print = (text: string) => process.stdout.write(`${text}\n`);

print(`${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}; medians of ${rounds} rounds\n`);
const sink = await startProcess(['--import', 'tsx', 'bench/sink.ts']);
print(await uploadTable({ contenders, sinkUrl: sink.url, files, mib, rounds, boundaries, onRun }));
await sink.stop();
