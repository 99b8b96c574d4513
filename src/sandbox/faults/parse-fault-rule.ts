import { callNames } from '../http/find-route.ts';
import { answerTimes, type FaultRule } from './fault.ts';

type Check = (value: unknown) => boolean;
const count: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const positive: Check = (value) => count(value) && value !== 0;
const status: Check = (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 999;
const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const oneOf =
  (allowed: readonly string[]): Check =>
  (value) =>
    allowed.some((one) => one === value);
const textMap: Check = (value) => isObject(value) && Object.values(value).every(text);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const when = optional(oneOf(answerTimes));
const shapes: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  latency: { ms: count },
  status: { status, when, code: optional(count), retryAfter: optional(count) },
  answer: { status, body: text, contentType: optional(text), headers: optional(textMap), when },
  malformed: { when },
  empty: { when },
  lacking: { when },
  refused: { when },
  reset: { at: oneOf(['before', 'middle', 'after']), afterBytes: optional(count), job: optional(flag) },
  hang: { at: oneOf(['before', 'after']), job: optional(flag) },
  slow: { bytesPerSecond: positive },
};

/** Checks a rule that came as JSON. Throws a `TypeError` that names the field which is wrong. */
export function parseFaultRule(value: unknown): FaultRule {
  const rule = {
    call: oneOf([...callNames, 'any']),
    couponSeriesId: optional(text),
    fault: isObject,
    times: optional(positive),
  };
  check(value, rule, 'rule');
  const { fault } = value as { fault: { kind?: unknown } };
  const kind = String(fault.kind);
  const shape = Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
  if (shape === undefined)
    throw new TypeError(`fault.kind must be one of ${Object.keys(shapes).join(', ')}.`);
  check(fault, { kind: text, ...shape }, 'fault');
  return value as FaultRule;
}

function check(value: unknown, shape: Readonly<Record<string, Check>>, name: string): void {
  if (!isObject(value)) throw new TypeError(`The ${name} must be an object.`);
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(shape, key)) throw new TypeError(`${name}.${key} is unknown.`);
  }
  for (const [key, good] of Object.entries(shape)) {
    if (!good(value[key])) throw new TypeError(`${name}.${key} is missing or wrong.`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
