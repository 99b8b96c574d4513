/**
 * Uploads through the gateway beside a raw pipe and beside the gateway without its checks, from the same client to the
 * same sink, in interleaved rounds. `npm run bench:upload -- [MiB] [rounds] [uploads at once]`; default 1024, 3, 1.
 */
import { cpus } from 'node:os';
import { sendFile } from './send-file.ts';
import { gatewayFlags, startGateway } from './start-gateway.ts';
import { type BenchProcess, startProcess } from './start-process.ts';

const [mib = 1024, rounds = 3, atOnce = 1] = process.argv.slice(2).map(Number);
const boundaries = { browser: '----WebKitFormBoundaryAbCdEfGhIjKlMnOp', short: 'abc123' };

const tsx = ['--import', 'tsx'];
const sink = await startProcess([...tsx, 'bench/sink.ts']);
const servers: Record<string, () => Promise<BenchProcess>> = {
  'raw pipe': () => startProcess([...tsx, 'bench/raw-pipe.ts', sink.url]),
  unchecked: () => startProcess([...gatewayFlags, ...tsx, 'bench/unchecked-gateway.ts', sink.url]),
  'hashed only': () =>
    startProcess([...gatewayFlags, ...tsx, 'bench/unchecked-gateway.ts', sink.url, 'hash']),
  gateway: () => startGateway({ COUPON_API_URL: sink.url }),
};

interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssMiB: number;
}

async function run(start: () => Promise<BenchProcess>, boundary: string): Promise<Run> {
  const server = await start();
  // A small one first: nobody's compiler is measured.
  await sendFile({ url: server.url, bytes: 16 * 1024 ** 2, boundary });
  const cpuBefore = server.cpuSeconds();
  const startedAt = performance.now();
  const upload = { url: server.url, bytes: mib * 1024 ** 2, boundary };
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
  const runs = new Map<string, Run[]>(Object.keys(servers).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, start] of Object.entries(servers)) runs.get(name)?.push(await run(start, boundary));
  }
  const seconds = (name: string) => median((runs.get(name) ?? []).map((each) => each.seconds));
  for (const [name, all] of runs) {
    const cpu = median(all.map((each) => each.cpuSeconds)) / ((mib * atOnce) / 1024);
    print(
      [
        `${boundaryName} boundary, ${name}:`.padEnd(30),
        `${((mib * 1.048576 * atOnce) / seconds(name)).toFixed(0).padStart(4)} MB/s,`,
        `${(seconds('raw pipe') / seconds(name)).toFixed(2)} of the pipe,`,
        `${(seconds('unchecked') / seconds(name)).toFixed(2)} of unchecked,`,
        `${(seconds('hashed only') / seconds(name)).toFixed(2)} of hashed only,`,
        `${cpu.toFixed(2)} CPU s/GiB,`,
        `${Math.max(...all.map((each) => each.peakRssMiB)).toFixed(0)} MiB peak RSS`,
      ].join(' '),
    );
  }
}
await sink.stop();
