import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'undici';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseConfig } from '../src/config.ts';
import { parseDockerfile } from './image/parse-dockerfile.ts';
import { settingNames } from './support/config-problems.ts';
import { startGateway } from './support/start-gateway.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests of many shapes, looked at by assertions only
type Manifest = any;

const root = new URL('../', import.meta.url);
const folder = new URL('examples/kubernetes/', root);
const text = (path: string) => readFileSync(new URL(path, root), 'utf8');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const documents = files.flatMap((name) =>
  parseAllDocuments(text(`examples/kubernetes/${name}`), { strict: true }),
);
const manifests: Manifest[] = documents.map((document) => document.toJS());

const name = 'capillary-upload-gateway';
const find = (kind: string, named = name) => {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === named);
  if (!found) throw new Error(`No ${kind} ${named}`);
  return found;
};
const deployment = find('Deployment');
const pod = deployment.spec.template.spec;
const [container] = pod.containers;
const configMs = parseConfig({});

/** Each variable as the pod would have it, a stand-in for what a secret holds. */
const env: Record<string, string> = Object.fromEntries(
  container.env.map((each: Manifest) => [each.name, each.value ?? 'from-a-secret']),
);

test('Every manifest is YAML without an error or a warning', () => {
  expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  expect(manifests.map(({ kind }) => kind).toSorted()).toEqual([
    ...['Deployment', 'Deployment', 'HTTPRoute', 'Ingress', 'NetworkPolicy'],
    ...['PodDisruptionBudget', 'Service', 'Service'],
  ]);
});

describe('The settings of the pod', () => {
  test('are all read by the gateway, so that none is misspelt', () => {
    const read = settingNames();
    expect(Object.keys(env).filter((variable) => !read.includes(variable))).toEqual([]);
  });

  test('are right, reach Capillary and not the sandbox, and listen beyond the pod', () => {
    expect(parseConfig(env)).toMatchObject({
      host: '0.0.0.0',
      port: container.ports[0].containerPort,
      upstream: expect.anything(),
      client: expect.anything(),
    });
  });

  test('name the Redis that is there', () => {
    const { hostname, port } = new URL(env['REDIS_URL'] ?? '');
    expect(find('Service', hostname).spec.ports.map((each: Manifest) => String(each.port))).toContain(port);
  });

  test('keep keys out of the manifest', () => {
    const secrets = container.env.filter((each: Manifest) => /KEY|SECRET/.test(each.name));
    expect(secrets.map((each: Manifest) => [each.value, typeof each.valueFrom.secretKeyRef.name])).toEqual([
      [undefined, 'string'],
      [undefined, 'string'],
    ]);
  });
});

test('Each probe, and the path that is scraped, is answered with 200 by a gateway that takes work', async () => {
  await using gateway = await startGateway();
  const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'].map((each) => container[each].httpGet);
  const { annotations } = deployment.spec.template.metadata;
  const paths = [...probes.map(({ path }) => path), annotations['prometheus.io/path']];
  expect(paths).toEqual(['/healthz', '/readyz', '/healthz', '/metrics']);
  for (const path of paths) {
    const { statusCode, body } = await request(new URL(path, gateway.url));
    await body.dump();
    expect(statusCode, path).toBe(200);
  }
  expect(probes.map(({ port }) => port)).toEqual(['http', 'http', 'http']);
  expect(annotations['prometheus.io/port']).toBe(String(container.ports[0].containerPort));
});

test('A pod has the time to drain before it is killed', () => {
  const drainSeconds = Number(
    /SIGTERM.* lets running requests finish for up to (\d+) seconds/.exec(text('docs/operations.md'))?.[1],
  );
  const { seconds } = container.lifecycle.preStop.sleep;
  expect(drainSeconds).toBe(30);
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(drainSeconds + seconds);
});

test('Gateways run as the user of the image, with no right that they do not need', () => {
  const user = parseDockerfile(text('Dockerfile'))
    .at(-1)
    ?.instructions.find((each) => each.name === 'USER');
  expect(`${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}`).toBe(user?.text);
  for (const { spec } of manifests.filter(({ kind }) => kind === 'Deployment')) {
    expect(spec.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: { requests: { memory: expect.any(String) }, limits: { memory: expect.any(String) } },
        },
      ],
    });
  }
});

test('Everything that selects pods finds some, and ports are those that pods have', () => {
  const pods = manifests.filter(({ kind }) => kind === 'Deployment').map(({ spec }) => spec.template);
  const selected = (labels: object) =>
    pods.filter(({ metadata }) =>
      Object.entries(labels).every(([key, value]) => metadata.labels[key] === value),
    );
  for (const { kind, metadata, spec } of manifests) {
    const labels = spec.selector?.matchLabels ?? spec.selector ?? spec.podSelector?.matchLabels;
    if (!labels) continue;
    const found = selected(labels);
    expect(found, `${kind} ${metadata.name}`).toHaveLength(1);
    if (kind !== 'Service') continue;
    const ports = found[0].spec.containers[0].ports.map((each: Manifest) => each.name);
    expect(ports).toEqual(spec.ports.map((each: Manifest) => each.targetPort));
  }
  expect(find('PodDisruptionBudget').spec.minAvailable).toBeLessThan(deployment.spec.replicas);
  const [policy] = find('NetworkPolicy', `${name}-redis`).spec.ingress;
  expect(selected(policy.from[0].podSelector.matchLabels)).toEqual([deployment.spec.template]);
});

describe('The way in', () => {
  const annotation = (key: string) =>
    find('Ingress').metadata.annotations[`nginx.ingress.kubernetes.io/${key}`];

  test('leads to the Service, and to nothing but the API', () => {
    const [{ http }] = find('Ingress').spec.rules;
    const [{ matches, backendRefs }] = find('HTTPRoute').spec.rules;
    const { ports } = find('Service').spec;
    const service = { name, port: { name: ports[0].name } };
    expect(http.paths).toEqual([{ path: '/graphql', pathType: 'Exact', backend: { service } }]);
    expect(matches).toEqual([{ path: { type: 'Exact', value: '/graphql' } }]);
    expect(backendRefs).toEqual([{ name, port: ports[0].port }]);
  });

  test('neither holds files back nor bounds them', () => {
    expect(annotation('proxy-request-buffering')).toBe('off');
    expect(annotation('proxy-buffering')).toBe('off');
    expect(annotation('proxy-body-size')).toBe('0');
  });

  test("waits longer than the gateway does, so that the gateway's answer is what clients get", () => {
    expect(Number(annotation('proxy-read-timeout')) * 1000).toBeGreaterThan(configMs.uploadAnswerTimeoutMs);
    expect(Number(annotation('proxy-send-timeout')) * 1000).toBeGreaterThan(configMs.uploadIdleTimeoutMs);
    expect(find('HTTPRoute').spec.rules[0].timeouts).toEqual({ request: '0s', backendRequest: '0s' });
  });
});

test('The image of the example is of the version that is here', () => {
  const { version } = JSON.parse(text('package.json'));
  expect(container.image).toBe(`${name}:${version}`);
  expect(text('examples/kubernetes/README.md')).toContain(`docker build -t ${name}:${version} .`);
});

test('The scrape configuration for Kubernetes finds the pods by their label and the name of their port', () => {
  const { scrape_configs: jobs } = parse(text('examples/observability/prometheus-kubernetes.yml'));
  const [keep] = jobs[0].relabel_configs;
  const { labels } = deployment.spec.template.metadata;
  expect(keep).toMatchObject({
    action: 'keep',
    regex: `${labels['app.kubernetes.io/name']};${container.ports[0].name}`,
  });
});
