/** What answers come as, beside the pages of the explorer; first what who takes anything gets. */
const served = [
  ...['application/json', 'application/graphql-response+json'],
  ...['text/event-stream', 'multipart/mixed'],
];

// What stands in quotes separates nothing (RFC 9110, 5.6.4).
const listMembers = /(?:"(?:\\.|[^"\\])*"?|[^",])+/g;
const parts = /(?:"(?:\\.|[^"\\])*"?|[^";])+/g;

/**
 * What a client takes of what is served, most wanted first: `Accept` without its weights, which Yoga does not read, and
 * without other charsets than UTF-8. An empty string when it takes anything, undefined when it takes nothing of all
 * this (RFC 9110, 12.5.1). Parameters such as `subscriptionSpec` are left as they are.
 */
export function readAccept(header = ''): string | undefined {
  if (header.trim() === '') return '';
  const ranges = (header.match(listMembers) ?? []).map(readRange);
  // Of two ranges the one that names more counts: what is excluded by name is not let in by `*/*`.
  const unwanted = new Set(ranges.filter(({ weight }) => weight <= 0).map(({ type }) => type));
  // A header has room for thousands: few of them are about what is served.
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

/** Whether `range` is about `type`, and about less than `wider`. */
function names(range: string, type: string, wider: string): boolean {
  return range !== '*/*' && range !== wider && matches(range)(type);
}

function readRange(text: string) {
  const [type = '', ...parameters] = (text.match(parts) ?? []).map((part) => part.trim());
  const find = (name: string) => {
    const found = parameters.find((parameter) => parameter.toLowerCase().startsWith(`${name}=`));
    return found
      ?.slice(name.length + 1)
      .replaceAll('"', '')
      .toLowerCase();
  };
  // Nor those whose quotes hold a separator, which Yoga would split at.
  const kept = parameters.filter((parameter) => !/^(q|charset)=|[,;]/i.test(parameter));
  const weight = Number(find('q') ?? 1);
  return {
    type: type.toLowerCase(),
    charset: find('charset') ?? 'utf-8',
    // What is no number counts as no weight.
    weight: Number.isNaN(weight) ? 1 : weight,
    range: [type, ...kept].join(';'),
  };
}

function matches(range: string): (type: string) => boolean {
  const [main, sub] = range.split('/');
  return (type) => range === '*/*' || range === type || (sub === '*' && type.startsWith(`${main}/`));
}
