/**
 * The scanner beside three CSV parsers over the same generated gigabyte, each in a process of its own:
 *
 *     npx tsx bench/scan.ts [MiB, default 1024]
 *
 * MB/s by wall time, CPU seconds a GiB and peak memory, without what making the rows costs. The peers only divide
 * rows into cells; the scanner also checks the bytes, judges the cells and searches for duplicates.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse';
import papa from 'papaparse';
import { type BaseParse, inferSchema, initParser } from 'udsv';
import { createCsvScan } from '../src/upload/scan/csv-scan.ts';
import { scanPlan } from '../src/upload/scan/scan-plan.ts';
import { makeRows, type RowShape, rowBytes } from './scan-rows.ts';

interface Contender {
  /** Resolves when the chunk has been worked off. */
  write(chunk: Buffer): unknown;
  /** What was read. */
  end(): unknown;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const header = Buffer.from('customer,code\n');

const contenders: Record<string, (shape: RowShape) => Contender> = {
  scanner: (shape) => {
    const scan = createCsvScan({
      plan: scanPlan({
        kind: 'COUPON_BATCH',
        customerIdentifier: shape === 'mobile' ? 'MOBILE' : 'EMAIL',
        customerIdentifierColumn: 0,
      }),
      rowsPerPart: 500_000,
    });
    return {
      write: (chunk) => scan.write(chunk),
      end() {
        const { rows, problemCount, wholeFileProblem } = scan.end();
        if (wholeFileProblem !== undefined) throw new Error(wholeFileProblem.message);
        return `${rows} rows, ${problemCount} problems`;
      },
    };
  },
  udsv: () => {
    let rows = 0;
    const parser = initParser(inferSchema(`${header}a,b\n`, { trim: true }));
    return {
      write: (chunk) =>
        parser.chunk<string[]>(chunk.toString(), parser.stringArrs as BaseParse<string[]>, () => {
          rows++;
        }),
      end() {
        parser.end();
        return `${rows} rows`;
      },
    };
  },
  papaparse: () => {
    // Its inner parser with the unfinished row carried over: faster than its Node stream.
    let rows = -1;
    let rest = '';
    const parser = new papa.Parser({ delimiter: ',', newline: '\n' });
    return {
      write(chunk) {
        const text = rest + chunk.toString();
        const { data, meta } = parser.parse(text, 0, true);
        rows += data.length;
        rest = text.slice(meta.cursor);
      },
      end: () => `${rows} rows`,
    };
  },
  'csv-parse': () => {
    let rows = -1;
    const parser = parse({ trim: true });
    parser.on('data', () => {
      rows++;
    });
    const ended = new Promise((resolve) => parser.on('end', resolve));
    return {
      write: (chunk) => new Promise((resolve) => parser.write(Buffer.from(chunk), resolve)),
      async end() {
        parser.end();
        await ended;
        return `${rows} rows`;
      },
    };
  },
};

async function measure(name: string, shape: RowShape, bytes: number): Promise<void> {
  const contender = contenders[name]?.(shape);
  if (contender === undefined) throw new RangeError(`no contender is called ${name}`);
  await contender.write(header);
  let wallNs = 0n;
  let cpuUs = 0;
  async function timed<T>(work: () => T): Promise<Awaited<T>> {
    const cpu = process.cpuUsage();
    const start = process.hrtime.bigint();
    const result = work();
    const awaited = await result;
    wallNs += process.hrtime.bigint() - start;
    const { user, system } = process.cpuUsage(cpu);
    cpuUs += user + system;
    return awaited;
  }
  for (const chunk of makeRows(shape, bytes)) await timed(() => contender.write(chunk));
  const result = await timed(() => contender.end());
  const cpuSeconds = (cpuUs / 1e6) * (2 ** 30 / bytes);
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  print(JSON.stringify({ speed: bytes / 1e6 / (Number(wallNs) / 1e9), cpuSeconds, peakMiB, result }));
}

interface Measured {
  readonly speed: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly result: string;
}

function measureApart(name: string, shape: RowShape, bytes: number): Measured {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), name, shape, String(bytes)];
  const { stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const measured = JSON.parse(stdout) as Measured;
  const { speed, cpuSeconds, peakMiB, result } = measured;
  const columns = [
    speed.toFixed(0).padStart(6),
    cpuSeconds.toFixed(2).padStart(8),
    peakMiB.toFixed(0).padStart(8),
  ];
  print(`${name.padEnd(12)}${shape.padEnd(10)}${columns.join('')}   ${result}`);
  return measured;
}

const [first = '1024', shape, bytes] = process.argv.slice(2);
if (shape !== undefined) {
  await measure(first, shape as RowShape, Number(bytes));
} else {
  const size = Number(first) * 2 ** 20;
  print(`${first} MiB of 60-byte rows in chunks of 64 KiB\n`);
  print('                        MB/s  CPU s/GiB  RSS MiB');
  const ours = measureApart('scanner', 'email', size);
  const peers = ['udsv', 'papaparse', 'csv-parse'].map((name) => ({
    name,
    ...measureApart(name, 'email', size),
  }));
  for (const other of [
    'mobile',
    'crlf',
    'quoted',
    'umlauts',
    'notes',
    'accents',
    'lines',
    'escaped',
    'invalid',
    'repeated',
  ] as const)
    measureApart('scanner', other, size);
  // The search for duplicates ends after 5,000,000 rows, so this is its full share.
  measureApart('scanner', 'email', 5_000_000 * rowBytes);
  print('');
  for (const { name, speed } of peers) print(`${(ours.speed / speed).toFixed(1)} times ${name}`);
}
