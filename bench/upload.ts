/**
 * Uploads through the gateway beside a raw pipe and beside the gateway without its checks, from the same client to the
 * same sink, in interleaved rounds. `npm run bench:upload -- [MiB] [rounds] [uploads at once]`; default 1024, 3, 1.
 */
import { cpus } from 'node:os';
import { askSha256, sendFile } from './send-file.ts';
import { gatewayFlags, startGateway } from './start-gateway.ts';
import { type BenchProcess, startProcess } from './start-process.ts';
import { warmUp } from './warm-up.ts';

const [mib = 1024, rounds = 3, atOnce = 1] = process.argv.slice(2).map(Number);
const boundaries = { browser: '----WebKitFormBoundaryAbCdEfGhIjKlMnOp', short: 'abc123' };

const tsx = ['--import', 'tsx'];
const sink = await startProcess([...tsx, 'bench/sink.ts']);
interface Subject {
  readonly start: () => Promise<BenchProcess>;
  /** Default: asks for the jobs. */
  readonly query?: string;
}

const unchecked = () => startProcess([...gatewayFlags, ...tsx, 'bench/unchecked-gateway.ts', sink.url]);
const gateway = () => startGateway({ COUPON_API_URL: sink.url });
const pipe = () => startProcess([...tsx, 'bench/raw-pipe.ts', sink.url]);
const subjects: Record<string, Subject> = {
  'raw pipe': { start: pipe },
  unchecked: { start: unchecked },
  gateway: { start: gateway },
  'unchecked, SHA-256 asked': { start: unchecked, query: askSha256 },
  'gateway, SHA-256 asked': { start: gateway, query: askSha256 },
};

interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssMiB: number;
}

async function run({ start, query }: Subject, boundary: string): Promise<Run> {
  const server = await start();
  await warmUp({ url: server.url, boundary, query });
  const cpuBefore = server.cpuSeconds();
  const startedAt = performance.now();
  const upload = { url: server.url, bytes: mib * 1024 ** 2, boundary, query };
  await Promise.all(Array.from({ length: atOnce }, () => sendFile(upload)));
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuSeconds = server.cpuSeconds() - cpuBefore;
  const peakRssMiB = server.peakRssMiB();
  await server.stop();
  return { seconds, cpuSeconds, peakRssMiB };
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const print = (line: string) => process.stdout.write(`${line}\n`);

print(
  `${rounds} rounds of ${atOnce} x ${mib} MiB; ${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}`,
);
for (const [boundaryName, boundary] of Object.entries(boundaries)) {
  const runs = new Map<string, Run[]>(Object.keys(subjects).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, subject] of Object.entries(subjects))
      runs.get(name)?.push(await run(subject, boundary));
  }
  const seconds = (name: string) => median((runs.get(name) ?? []).map((each) => each.seconds));
  for (const [name, all] of runs) {
    const cpu = median(all.map((each) => each.cpuSeconds)) / ((mib * atOnce) / 1024);
    print(
      [
        `${boundaryName} boundary, ${name}:`.padEnd(42),
        `${((mib * 1.048576 * atOnce) / seconds(name)).toFixed(0).padStart(4)} MB/s,`,
        `${(seconds('raw pipe') / seconds(name)).toFixed(2)} of the pipe,`,
        `${(seconds(name.replace('gateway', 'unchecked')) / seconds(name)).toFixed(2)} of the same unchecked,`,
        `${cpu.toFixed(2)} CPU s/GiB,`,
        `${Math.max(...all.map((each) => each.peakRssMiB)).toFixed(0)} MiB peak RSS`,
      ].join(' '),
    );
  }
}
await sink.stop();
