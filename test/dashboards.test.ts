import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { buildSchema, isUnionType } from 'graphql';
import { request } from 'undici';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { callNames } from '../src/capillary/upstream-call.ts';
import { errorTable } from '../src/errors.ts';
import { createSandbox } from '../src/sandbox/create-sandbox.ts';
import { startProcess } from './support/gateway-process.ts';
import { ask, upload } from './support/graphql-client.ts';
import { outcome, transports, watchJobs } from './support/subscription-clients.ts';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

interface Query {
  readonly where: string;
  readonly expr: string;
  /** Names that the text around it takes out of its result. */
  readonly shown: readonly string[];
}

const names = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name);

function dashboardQueries(): Query[] {
  const { panels } = JSON.parse(read('examples/observability/grafana-dashboard.json')) as {
    panels: { title: string; targets?: { expr: string; legendFormat: string }[] }[];
  };
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({
      where: `${title}: ${legendFormat}`,
      // What Grafana puts in before it asks.
      expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'),
      shown: names(legendFormat, /\{\{\s*(\w+)\s*\}\}/g),
    })),
  );
}

function alertQueries(): Query[] {
  const { groups } = parse(read('examples/observability/prometheus-alerts.yml')) as {
    groups: { rules: { alert: string; expr: string; annotations: Record<string, string> }[] }[];
  };
  return groups.flatMap(({ rules }) =>
    rules.map(({ alert, expr, annotations }) => ({
      ...{ where: alert, expr },
      shown: names(Object.values(annotations).join(' '), /\$labels\.(\w+)/g),
    })),
  );
}

interface Selector {
  readonly metric: string;
  readonly matchers: readonly {
    readonly label: string;
    readonly value: string;
    readonly isPattern: boolean;
  }[];
}

/** What a query asks for, by Prometheus' own grammar. Throws for what is no PromQL. */
function readQuery(expr: string): { selectors: Selector[]; groupings: string[] } {
  const selectors: Selector[] = [];
  const groupings: string[] = [];
  const texts = (node: SyntaxNode, name: string) =>
    node.getChildren(name).map(({ from, to }) => expr.slice(from, to));
  parser.parse(expr).iterate({
    enter({ node, type, from }) {
      if (type.isError) throw new SyntaxError(`No PromQL at ${from}: ${expr}`);
      if (type.name === 'GroupingLabels') groupings.push(...texts(node, 'LabelName'));
      if (type.name !== 'VectorSelector') return;
      const matchers = node
        .getChildren('LabelMatchers')
        .flatMap((all) => all.getChildren('UnquotedLabelMatcher'));
      selectors.push({
        metric: texts(node, 'Identifier')[0] ?? '',
        matchers: matchers.map((matcher) => ({
          label: texts(matcher, 'LabelName')[0] ?? '',
          value: JSON.parse(texts(matcher, 'StringLiteral')[0] ?? '""'),
          isPattern: texts(matcher, 'MatchOp')[0]?.includes('~') ?? false,
        })),
      });
    },
  });
  return { selectors, groupings };
}

/** Label names of every metric that a gateway prints after some traffic, and those that Prometheus adds. */
async function liveLabels(): Promise<Map<string, Set<string>>> {
  await using sandbox = await createSandbox();
  await using gateway = await startProcess({
    COUPON_API_URL: sandbox.url,
    // Nobody is there: the metric of its being away is what counts here.
    REDIS_URL: 'redis://127.0.0.1:1',
  });
  await ask(gateway.url, '{ couponSeries(id: "1") { uploadJobs { totalCount } } }');
  await upload(gateway.url);
  await upload(gateway.url, { headers: { 'x-cap-api-oauth-token': 'made-up' } });
  const [transport] = transports;
  const watch = { query: watchJobs, variables: { ids: ['none'] } };
  if (transport) await outcome(transport.start(gateway.url, watch));
  const { body } = await request(new URL('/metrics', gateway.url));
  const labels = new Map([['up', new Set(['job', 'instance'])]]);
  for (const line of (await body.text()).split('\n')) {
    const [, metric, pairs = ''] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (metric === undefined) continue;
    const known = labels.get(metric) ?? new Set(['job', 'instance']);
    for (const label of names(pairs, /(\w+)="/g)) known.add(label);
    labels.set(metric, known);
  }
  return labels;
}

const results = buildSchema(read('schema/subgraph.graphql'), { assumeValid: true }).getType('UploadResult');
const codes = [...Object.keys(errorTable), 'CLIENT_GONE'];
/** All that these labels can be. */
const values: Readonly<Record<string, readonly string[]>> = {
  code: [...codes, 'OK', 'GIVEN_UP', 'REJECTED'],
  outcome: [...codes, ...(isUnionType(results) ? results.getTypes().map(({ name }) => name) : [])],
  call: callNames,
  job: ['capillary-upload-gateway'],
};

const allOf = (label: string, pattern: RegExp) =>
  (values[label] ?? []).filter((value) => pattern.test(value)).map((value) => `${label}="${value}"`);

function combinations([first, ...rest]: readonly (readonly string[])[]): string[][] {
  if (!first) return [[]];
  return first.flatMap((pair) => combinations(rest).map((others) => [pair, ...others]));
}

const queries = [...dashboardQueries(), ...alertQueries()];
const ownJob = { label: 'job', value: 'capillary-upload-gateway', isPattern: false };

describe('Dashboard and alerts', () => {
  let live: Map<string, Set<string>>;
  beforeAll(async () => {
    live = await liveLabels();
  });

  test('would notice a metric, a label or a query that is wrong', () => {
    expect(readQuery('sum by (a) (rate(x_total{b=~"c|d"}[5m])) > 0')).toEqual({
      selectors: [{ metric: 'x_total', matchers: [{ label: 'b', value: 'c|d', isPattern: true }] }],
      groupings: ['a'],
    });
    expect(() => readQuery('sum by (a (x_total)')).toThrow('No PromQL');
    expect(live.has('gateway_no_such_thing_total')).toBe(false);
    expect([...(live.get('gateway_redis_up') ?? [])]).toEqual(['job', 'instance']);
  });

  test.each(queries)('$where', ({ expr, shown }) => {
    const { selectors, groupings } = readQuery(expr);
    expect(selectors.length).toBeGreaterThan(0);
    const known = new Set<string>();
    for (const { metric, matchers } of selectors) {
      const labels = live.get(metric);
      expect(labels, `there is no metric ${metric}`).toBeDefined();
      for (const label of labels ?? []) known.add(label);
      // Other programs have metrics of the same names.
      if (!metric.startsWith('gateway_')) expect(matchers, `${metric} of all jobs`).toContainEqual(ownJob);
      for (const { label, value, isPattern } of matchers) {
        expect([...(labels ?? [])], `a label of ${metric}`).toContain(label);
        if (!(label in values)) continue;
        for (const one of isPattern ? value.split('|') : [value]) {
          const pattern = new RegExp(`^(?:${one})$`);
          expect(
            values[label]?.some((each) => pattern.test(each)),
            `${label} is never ${one}`,
          ).toBe(true);
        }
      }
    }
    for (const label of [...groupings, ...shown]) expect([...known]).toContain(label);
  });

  test('wait for nothing that is not there from the start: a rate sees no event that begins a series', async () => {
    await using gateway = await startProcess();
    const { body } = await request(new URL('/metrics', gateway.url));
    const series = [...(await body.text()).matchAll(/^(\w+_total)(.*) 0$/gm)];
    const missing = alertQueries().flatMap(({ where, expr }) => {
      const { selectors, groupings } = readQuery(expr);
      return selectors.flatMap(({ metric, matchers }) => {
        if (!metric.endsWith('_total')) return [];
        const own = series.filter(([, name]) => name === metric).map(([, , labels = '']) => labels);
        const grouped = groupings.filter((label) => live.get(metric)?.has(label) && label in values);
        const wanted = [
          ...matchers.map(({ label, value }) => allOf(label, new RegExp(`^(?:${value})$`))),
          ...grouped.map((label) => allOf(label, /^/)),
        ];
        const found = combinations(wanted).filter(
          (pairs) => !own.some((labels) => pairs.every((pair) => labels.includes(pair))),
        );
        return found.map((pairs) => `${where}: ${metric}{${pairs.join()}}`);
      });
    });
    expect(series.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });

  test('use every metric of the gateway', () => {
    const used = new Set(
      queries.flatMap(({ expr }) => readQuery(expr).selectors.map(({ metric }) => metric)),
    );
    const own = [...live.keys()].filter((name) => /^gateway_/.test(name) && !/_(sum|count)$/.test(name));
    expect(own.filter((name) => !used.has(name))).toEqual([]);
  });

  test.each(['prometheus.yml', 'prometheus-kubernetes.yml'])(
    'scrape the gateway under the name that the alerts have for it: %s',
    (name) => {
      const { scrape_configs: jobs, rule_files: files } = parse(read(`examples/observability/${name}`));
      expect(jobs).toMatchObject([{ job_name: 'capillary-upload-gateway', metrics_path: '/metrics' }]);
      expect(files).toEqual(['prometheus-alerts.yml']);
    },
  );
});
