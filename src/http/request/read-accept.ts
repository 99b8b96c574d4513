import { parameterOf, readWeightedList, type Weighted } from './weighted-list.ts';

/** The media types of answers, besides the explorer's pages; the first is for whoever takes anything. */
const served = [
  ...['application/json', 'application/graphql-response+json'],
  ...['text/event-stream', 'multipart/mixed'],
];

/**
 * The media types that a client takes among those served, most wanted first: `Accept` without its weights, which Yoga
 * does not read, and without charsets other than UTF-8. An empty string when the client takes anything, undefined when
 * it takes none of them (RFC 9110, 12.5.1). Parameters such as `subscriptionSpec` stay as they are.
 */
export function readAccept(header = ''): string | undefined {
  if (header.trim() === '') return '';
  const ranges = readWeightedList(header).map(readRange);
  // The more specific of two ranges counts: what is excluded by name is not let in by `*/*`.
  const unwanted = new Set(ranges.filter(({ weight }) => weight <= 0).map(({ type }) => type));
  // A header has room for thousands of ranges, few of them about what is served.
  const excluded = [...unwanted].filter((type) => served.some(matches(type)));
  const taken = ranges
    .flatMap((range) => (excluded.length > 0 ? withoutExcluded(range, excluded) : range))
    .filter(
      ({ type, charset, weight }) => weight > 0 && /^utf-?8$/.test(charset) && served.some(matches(type)),
    )
    .toSorted((a, b) => b.weight - a.weight);
  return taken.length > 0 ? taken.map(({ range }) => range).join(', ') : undefined;
}

type Range = ReturnType<typeof readRange>;

function withoutExcluded(range: Range, excluded: readonly string[]): Range[] {
  if (!range.type.endsWith('/*')) return [range];
  return served
    .filter((type) => matches(range.type)(type) && !excluded.some((each) => names(each, type, range.type)))
    .map((type) => ({ ...range, type, range: type }));
}

/** Whether `range` covers `type`, and is more specific than `wider`. */
function names(range: string, type: string, wider: string): boolean {
  return range !== '*/*' && range !== wider && matches(range)(type);
}

function readRange({ name: type, parameters, weight }: Weighted) {
  // Yoga would split a parameter at a separator in quotes.
  const kept = parameters.filter((parameter) => !/^(q|charset)=|[,;]/i.test(parameter));
  const charset = parameterOf(parameters, 'charset') ?? 'utf-8';
  return { type, charset, weight, range: [type, ...kept].join(';') };
}

function matches(range: string): (type: string) => boolean {
  const [main, sub] = range.split('/');
  return (type) => range === '*/*' || range === type || (sub === '*' && type.startsWith(`${main}/`));
}
