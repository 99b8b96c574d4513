import { markdownTable } from './markdown-table.ts';
import { measureQueries, type QueryRun } from './measure-queries.ts';
import { median } from './median.ts';
import { startGateway } from './start-gateway.ts';
import { startProcess } from './start-process.ts';

export interface QueryTableOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** Hears what runs. */
  readonly onRun: (line: string) => void;
}

const query =
  '{ uploadJob(id: "COUPON_BATCH:541854:222696") { id status outcome acceptedCount errorCount isTerminal } }';
const tsx = ['--import', 'tsx'];
const bareYoga = 'the same resolvers in bare Yoga';

/** One job read through the gateway, through bare Yoga with the same resolvers, and by the REST call itself. */
export async function queryTable({
  rounds,
  seconds,
  connections,
  onRun,
}: QueryTableOptions): Promise<string> {
  const upstream = await startProcess([...tsx, 'bench/status-upstream.ts']);
  const gateway = await startGateway({ COUPON_API_URL: upstream.url });
  const yoga = await startProcess([...tsx, 'bench/bare-yoga.ts', upstream.url]);
  const ask = { body: JSON.stringify({ query }), expected: '"acceptedCount":499998' };
  const statusCall = `${upstream.url}/coupon/api/v1/upload/getUploadStatus/541854`;
  const subjects = [
    { name: 'the REST call itself', server: upstream, url: statusCall, expected: '222696' },
    { name: bareYoga, server: yoga, url: yoga.url, ...ask },
    { name: '**this gateway**, everything on', server: gateway, url: gateway.url, ...ask },
  ];
  const runs = new Map<string, QueryRun[]>();
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const { name, server, ...load } of subjects) {
        const run = await measureQueries(server, { ...load, connections, seconds });
        runs.set(name, [...(runs.get(name) ?? []), run]);
        onRun(`round ${round}, ${name}: ${JSON.stringify(run)}`);
      }
    }
  } finally {
    await Promise.all([gateway.stop(), yoga.stop()]);
    await upstream.stop();
  }

  const of = (name: string, figure: keyof QueryRun) =>
    median((runs.get(name) ?? []).map((run) => run[figure]));
  const rows = subjects.map(({ name }) => [
    name,
    of(name, 'requestsPerSecond').toFixed(0),
    (of(name, 'requestsPerSecond') / of(bareYoga, 'requestsPerSecond')).toFixed(2),
    of(name, 'p99Ms').toFixed(0),
    of(name, 'cpuMsPerRequest').toFixed(3),
  ]);
  const head = [
    `uploadJob, ${connections} connections`,
    'requests/s',
    'of bare Yoga',
    'p99 ms',
    'CPU ms/request',
  ];
  return markdownTable(head, rows);
}
