/** What answers come as, beside the pages of the explorer. */
const served = [
  ...['application/graphql-response+json', 'application/json'],
  ...['text/event-stream', 'multipart/mixed'],
];

/**
 * What a client takes of what is served, most wanted first: `Accept` without its weights, which Yoga does not read, and
 * without other charsets than UTF-8. An empty string when it takes anything, undefined when it takes nothing of all
 * this (RFC 9110, 12.5.1). Parameters such as `subscriptionSpec` are left as they are.
 */
export function readAccept(header = ''): string | undefined {
  if (header.trim() === '') return '';
  const taken = header
    .split(',')
    .map(readRange)
    .filter(({ type, charset, weight }) => weight > 0 && charset === 'utf-8' && served.some(matches(type)))
    .toSorted((a, b) => b.weight - a.weight);
  return taken.length > 0 ? taken.map(({ range }) => range).join(', ') : undefined;
}

function readRange(text: string) {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const find = (name: string) => {
    const found = parameters.find((parameter) => parameter.toLowerCase().startsWith(`${name}=`));
    return found
      ?.slice(name.length + 1)
      .replaceAll('"', '')
      .toLowerCase();
  };
  const kept = parameters.filter((parameter) => !/^(q|charset)=/i.test(parameter));
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
