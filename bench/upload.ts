/**
 * Uploads through the gateway beside a raw pipe, from the same client to the same sink, in interleaved rounds.
 * `npm run bench:upload -- [MiB] [rounds] [uploads at once]`; default 1024 MiB, 3 rounds, 1 upload.
 */
import { cpus } from 'node:os';
import { sendFile } from './send-file.ts';
import { type BenchProcess, startProcess } from './start-process.ts';

const [mib = 1024, rounds = 3, atOnce = 1] = process.argv.slice(2).map(Number);
const bytes = mib * 1024 ** 2;
const boundaries = {
  browser: '----WebKitFormBoundaryAbCdEfGhIjKlMnOp',
  short: 'abc123',
};

const tsx = ['--import', 'tsx'];
const sink = await startProcess([...tsx, 'bench/sink.ts']);
const start: Record<string, () => Promise<BenchProcess>> = {
  'raw pipe': () => startProcess([...tsx, 'bench/raw-pipe.ts', sink.url]),
  gateway: () => startProcess(['--max-semi-space-size=1', 'dist/main.js'], { PORT: '0', COUPON_API_URL: sink.url, LOG_LEVEL: 'info' }),
};

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

process.stdout.write(
  `${rounds} rounds of ${atOnce} x ${mib} MiB; ${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}\n`,
);
for (const [boundaryName, boundary] of Object.entries(boundaries)) {
  const seconds: Record<string, number[]> = {};
  const cpu: Record<string, number[]> = {};
  const rss: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, startServer] of Object.entries(start)) {
      const server = await startServer();
      // A small one first: nobody's compiler is measured.
      await sendFile({ url: server.url, bytes: 16 * 1024 ** 2, boundary });
      const cpuBefore = server.cpuSeconds();
      const startedAt = performance.now();
      await Promise.all(Array.from({ length: atOnce }, () => sendFile({ url: server.url, bytes, boundary })));
      (seconds[name] ??= []).push((performance.now() - startedAt) / 1000);
      (cpu[name] ??= []).push(((server.cpuSeconds() - cpuBefore) * 1024) / (mib * atOnce));
      (rss[name] ??= []).push(server.peakRssMiB());
      await server.stop();
    }
  }
  const rate = (name: string) => (mib * 1.048576 * atOnce) / median(seconds[name] ?? []);
  for (const name of Object.keys(start)) {
    const figures = [
      `${rate(name).toFixed(0).padStart(5)} MB/s`,
      `${(rate(name) / rate('raw pipe')).toFixed(2)} of the pipe`,
      `${median(cpu[name] ?? []).toFixed(2)} CPU s/GiB`,
      `${Math.max(...(rss[name] ?? [])).toFixed(0)} MiB peak RSS`,
    ];
    process.stdout.write(`${boundaryName.padEnd(8)} ${name.padEnd(9)} ${figures.join(', ')}\n`);
  }
}
await sink.stop();
