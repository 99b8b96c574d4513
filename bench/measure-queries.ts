import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BenchProcess } from './start-process.ts';

const run = promisify(execFile);

export interface QueryLoad {
  readonly url: string;
  /** None: a GET. */
  readonly body?: string | undefined;
  /** What a right answer has in it. */
  readonly expected: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface QueryRun {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  readonly cpuMsPerRequest: number;
}

const headers = { 'x-cap-api-oauth-token': 'bench', 'content-type': 'application/json' };

/**
 * Keeps a server busy with one request, over and over on each connection, by autocannon in a process of its own. Rejects when
 * an answer is another than the first.
 */
export async function measureQueries(server: BenchProcess, load: QueryLoad): Promise<QueryRun> {
  const { url, body, expected, connections, seconds } = load;
  const method = body === undefined ? 'GET' : 'POST';
  const first = await (await fetch(url, { method, headers, body: body ?? null })).text();
  if (!first.includes(expected)) throw new Error(`A wrong answer: ${first.slice(0, 300)}`);
  const fire = (duration: number) => cannonade({ url, method, body, answer: first, connections, duration });
  await fire(2);
  const cpuBefore = server.cpuSeconds();
  const { requests, latency, non2xx, errors, mismatches } = await fire(seconds);
  if (non2xx + errors + mismatches > 0) {
    throw new Error(`Of ${requests.total}: ${non2xx} refused, ${errors} broken, ${mismatches} wrong`);
  }
  return {
    requestsPerSecond: requests.average,
    p99Ms: latency.p99,
    cpuMsPerRequest: ((server.cpuSeconds() - cpuBefore) * 1000) / requests.total,
  };
}

interface Cannonade {
  readonly requests: { readonly average: number; readonly total: number };
  readonly latency: { readonly p99: number };
  readonly non2xx: number;
  readonly errors: number;
  readonly mismatches: number;
}

interface Shot {
  readonly url: string;
  readonly method: string;
  readonly body: string | undefined;
  readonly answer: string;
  readonly connections: number;
  readonly duration: number;
}

async function cannonade({ url, method, body, answer, connections, duration }: Shot): Promise<Cannonade> {
  const options = {
    '--connections': connections,
    '--duration': duration,
    '--method': method,
    '--expectBody': answer,
  };
  const { stdout } = await run(process.execPath, [
    'bench/peers/node_modules/autocannon/autocannon.js',
    '--json',
    ...Object.entries(options).flatMap(([option, value]) => [option, String(value)]),
    ...Object.entries(headers).flatMap(([name, value]) => ['--headers', `${name}=${value}`]),
    ...(body === undefined ? [] : ['--body', body]),
    url,
  ]);
  return JSON.parse(stdout) as Cannonade;
}
