import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../src/observe/create-metrics.ts';
import { hasProgram } from './support/has-program.ts';

const folder = fileURLToPath(new URL('../examples/observability/', import.meta.url));
const read = (name: string) => parse(readFileSync(`${folder}${name}`, 'utf8'));

interface Evaluation {
  readonly alertname: string;
  readonly exp_alerts?: readonly object[];
}

test('Of each alert it is told when it fires, and when it does not', () => {
  const alerts = (read('prometheus-alerts.yml').groups as { rules: { alert: string }[] }[])
    .flatMap(({ rules }) => rules)
    .map(({ alert }) => alert);
  const evaluations = (
    read('prometheus-alert-tests.yml').tests as { alert_rule_test: Evaluation[] }[]
  ).flatMap((one) => one.alert_rule_test);
  const named = (isFiring: boolean) =>
    new Set(
      evaluations
        .filter(({ exp_alerts: alerts }) => (alerts !== undefined) === isFiring)
        .map(({ alertname }) => alertname),
    );
  expect([...named(true)].toSorted()).toEqual(alerts.toSorted());
  expect([...named(false)].toSorted()).toEqual(alerts.toSorted());
});

describe.skipIf(!hasProgram('promtool'))('By the word of Prometheus itself', () => {
  test.each([
    { what: 'the rules are well-formed', args: ['check', 'rules', 'prometheus-alerts.yml'] },
    { what: 'the scrape configuration is valid', args: ['check', 'config', 'prometheus.yml'] },
    { what: 'each alert does what its tests say', args: ['test', 'rules', 'prometheus-alert-tests.yml'] },
  ])('$what', ({ args }) => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
    expect(`${stdout}${stderr}`).not.toContain('FAILED');
    expect(status).toBe(0);
  });

  test('the metrics are named as its conventions have it, each with a help text', async () => {
    const metrics = createMetrics();
    metrics.addUploadPlaces({ max: 1, taken: () => 0 });
    const input = await metrics.registry.metrics();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    });
    expect({ status, told: `${stdout}${stderr}` }).toEqual({ status: 0, told: '' });
  });
});
