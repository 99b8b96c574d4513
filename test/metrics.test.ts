import { readFileSync } from 'node:fs';
import { Gauge, Histogram, type Registry } from 'prom-client';
import { request } from 'undici';
import { describe, expect, test } from 'vitest';
import { createMetrics } from '../src/observe/create-metrics.ts';
import type { WatchStats } from '../src/watch/watch-stats.ts';
import { ask, upload } from './support/graphql-client.ts';
import { startGateway } from './support/start-gateway.ts';
import { readMetric } from './support/subscription-clients.ts';

const stats: WatchStats = {
  ...{ watchers: 3, loops: 2, credentials: 1, lowestBudgetLeft: 58 },
  ...{ polls: 7, failedPolls: 1, exchange: 'up' },
};

/** The gateway's own numbers that have no labels. */
async function printed(print: () => Promise<string>): Promise<Record<string, number>> {
  const lines = (await print()).split('\n').filter((line) => /^gateway_\w+ /.test(line));
  return Object.fromEntries(
    lines.map((line) => line.split(' ')).map(([name, value]) => [name, Number(value)]),
  );
}

function ownMetrics(registry: Registry) {
  const all = registry.getMetricsAsArray().filter(({ name }) => name.startsWith('gateway_'));
  return all.map((metric) => {
    const { labelNames = [] } = metric as { labelNames?: readonly string[] };
    return { name: metric.name, type: kindOf(metric), labels: labelNames };
  });
}

function kindOf(metric: object): string {
  if (metric instanceof Histogram) return 'histogram';
  return metric instanceof Gauge ? 'gauge' : 'counter';
}

describe('/metrics', () => {
  test('tells what is watched and polled, as it is when asked', async () => {
    let now: WatchStats = stats;
    const metrics = createMetrics();
    metrics.addUploadPlaces({ max: 200, taken: () => now.watchers });
    metrics.addWatching(() => now);
    const print = async () => (await metrics.print()).text;
    expect(await printed(print)).toEqual({
      gateway_uploads_in_flight: 0,
      gateway_upload_places: 200,
      gateway_upload_places_taken: 3,
      gateway_watchers: 3,
      gateway_poll_loops: 2,
      gateway_polls_total: 7,
      gateway_failed_polls_total: 1,
      gateway_poll_budget_left_lowest: 58,
      gateway_redis_up: 1,
    });
    now = { ...stats, watchers: 0, polls: 9, exchange: 'down' };
    expect(await printed(print)).toMatchObject({
      gateway_upload_places_taken: 0,
      gateway_watchers: 0,
      gateway_polls_total: 9,
      gateway_redis_up: 0,
    });
  });

  test('is documented: each name with its type and its labels', async () => {
    const page = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(gateway_\w+)` \| (\w+) \|(.*?)\| .+ \|$/gm)];
    const documented = rows.map(([, name, type, labels = '']) => ({
      ...{ name, type },
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
    }));
    const metrics = createMetrics();
    metrics.addUploadPlaces({ max: 1, taken: () => 0 });
    metrics.addWatching(() => stats);
    expect(documented).toEqual(ownMetrics(metrics.registry));
  });

  test('says nothing of Redis where there is none, and holds the numbers of this gateway', async () => {
    await using gateway = await startGateway();
    const ask = async () => (await request(new URL('/metrics', gateway.url))).body.text();
    expect(await ask()).toContain('# TYPE gateway_polls_total counter');
    expect(await printed(ask)).toEqual({
      gateway_uploads_in_flight: 0,
      gateway_upload_places: 200,
      gateway_upload_places_taken: 0,
      gateway_watchers: 0,
      gateway_poll_loops: 0,
      gateway_polls_total: 0,
      gateway_failed_polls_total: 0,
      gateway_poll_budget_left_lowest: 60,
    });
  });

  test('knows an operation also when its document was seen before, and when several share one', async () => {
    await using gateway = await startGateway();
    const several = 'query One { __typename } mutation Two { __typename }';
    for (let round = 0; round < 2; round += 1) {
      await ask(gateway.url, '{ __typename }');
      const body = JSON.stringify({ query: several, operationName: 'Two' });
      const headers = { 'content-type': 'application/json' };
      await (await request(gateway.url, { method: 'POST', headers, body })).body.dump();
    }
    const count = (type: string) =>
      readMetric(gateway.url, `gateway_operations_total{type="${type}",code="OK"}`);
    expect(await count('query')).toBe(2);
    expect(await count('mutation')).toBe(2);
  });

  test('counts what is refused before it is understood, under its code', async () => {
    await using gateway = await startGateway();
    const headers = { 'content-type': 'text/plain' };
    await (await request(gateway.url, { method: 'POST', headers, body: '{}' })).body.dump();
    await ask(gateway.url, '{');
    const count = (code: string) =>
      readMetric(gateway.url, `gateway_operations_total{type="unknown",code="${code}"}`);
    expect(await count('CSRF_PREVENTED')).toBe(1);
    expect(await count('GRAPHQL_PARSE_FAILED')).toBe(1);
  });

  test('counts no page and no probe', async () => {
    await using gateway = await startGateway();
    const paths = ['/healthz', '/readyz', '/', '/metrics'];
    for (const path of paths) await (await request(new URL(path, gateway.url))).body.dump();
    const { body } = await request(new URL('/metrics', gateway.url));
    const counted = (await body.text())
      .split('\n')
      .filter((line) => /^gateway_operations_total\{.* [1-9]/.test(line));
    expect(counted).toEqual([]);
  });

  test('counts a file that was refused before an upload began, and no other failure of an upload or of a query', async () => {
    await using gateway = await startGateway();
    await upload(gateway.url, { query: 'mutation {' });
    await upload(gateway.url, { query: 'mutation { nothing }' });
    await upload(gateway.url, { headers: { 'x-cap-api-oauth-token': 'made-up' } });
    await ask(gateway.url, '{ nothing }');
    await ask(gateway.url, '{ uploadJob(id: "none") { id } }');
    const { body } = await request(new URL('/metrics', gateway.url));
    const counted = (await body.text()).match(/^gateway_uploads_refused_total\{.* [1-9].*$/gm);
    expect(counted).toEqual([
      'gateway_uploads_refused_total{code="GRAPHQL_PARSE_FAILED"} 1',
      'gateway_uploads_refused_total{code="GRAPHQL_VALIDATION_FAILED"} 1',
    ]);
  });
});
