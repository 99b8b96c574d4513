import { validateHeaderName, validateHeaderValue } from 'node:http';

/**
 * What is wrong with the settings of traces. The OpenTelemetry SDK reads them itself and silently ignores a
 * value that it does not know: whoever set it would look for traces that never come. `text` reads a variable;
 * an empty one is unset.
 */
export function tracingProblems(text: (name: string) => string | undefined): string[] {
  const first = (...names: readonly string[]) => names.find((name) => text(name) !== undefined);
  const ofExporter = (last: string) =>
    // The first that is set wins: the other one then holds for other signals.
    first(`OTEL_EXPORTER_OTLP_TRACES_${last}`, `OTEL_EXPORTER_OTLP_${last}`);
  const sampler = text('OTEL_TRACES_SAMPLER') ?? '';

  const rules: readonly Rule[] = [
    [ofExporter('PROTOCOL'), oneOf('http/protobuf'), 'http/protobuf, the only protocol that is spoken here'],
    [ofExporter('COMPRESSION'), oneOf('gzip', 'none'), 'gzip or none'],
    [ofExporter('TIMEOUT'), isCount, 'a whole number of milliseconds above 0'],
    [first('OTEL_SDK_DISABLED'), (value) => value.toLowerCase() === 'false', 'true or false'],
    [first('OTEL_TRACES_EXPORTER'), oneOf('otlp', 'none'), 'otlp or none'],
    [
      first('OTEL_PROPAGATORS'),
      namesTraceContext,
      'a list with tracecontext in it, the only one that there is here',
    ],
    [first('OTEL_TRACES_SAMPLER'), oneOf(...samplers), `one of ${samplers.join(', ')}`],
    [
      sampler.endsWith('traceidratio') ? first('OTEL_TRACES_SAMPLER_ARG') : undefined,
      (value) => Number(value) >= 0 && Number(value) <= 1,
      'a number from 0 to 1',
    ],
    [first('OTEL_BSP_MAX_QUEUE_SIZE'), isCount, 'a whole number above 0'],
    // With 0 the SDK would send nothing, and never come to an end of that at shutdown.
    [first('OTEL_BSP_MAX_EXPORT_BATCH_SIZE'), isCount, 'a whole number above 0'],
    [first('OTEL_BSP_SCHEDULE_DELAY'), isCount, 'a whole number of milliseconds above 0'],
    [first('OTEL_BSP_EXPORT_TIMEOUT'), isCount, 'a whole number of milliseconds above 0'],
  ];
  const problems = rules.flatMap(([name, isRight, what]) => {
    const value = name && text(name);
    return value === undefined || isRight(value) ? [] : [`${name} must be ${what}, but is "${value}"`];
  });
  // Both are sent.
  const headers = ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'];
  const wrong = headers.filter((name) => !areHeaders(text(name) ?? ''));
  // Without their value, which is a secret more often than not.
  return [...problems, ...wrong.map((name) => `${name} must be name=value,name=value, percent-encoded`)];
}

/** The variable, what its value may be, and how that is said. */
type Rule = readonly [string | undefined, (value: string) => boolean, string];

const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
];

const oneOf =
  (...allowed: readonly string[]) =>
  (value: string) =>
    allowed.includes(value);
const isCount = (value: string) => /^[1-9]\d{0,8}$/.test(value);
const namesTraceContext = (value: string) =>
  value.split(',').some((propagator) => propagator.trim() === 'tracecontext');

function areHeaders(list: string): boolean {
  return list.split(',').every((entry) => entry.trim() === '' || isHeader(entry));
}

/** As the SDK reads it: a percent-encoded pair, of which it drops what follows a semicolon. */
function isHeader(entry: string): boolean {
  const [, name = '', value = ''] = /^\s*([^=;]+?)\s*=\s*([^;\s][^;]*)$/.exec(entry) ?? [];
  try {
    validateHeaderName(decodeURIComponent(name));
    validateHeaderValue(name, decodeURIComponent(value));
    return true;
  } catch {
    return false;
  }
}
