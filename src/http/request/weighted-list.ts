/** A member of a header such as `Accept` or `Accept-Encoding`. */
export interface Weighted {
  /** In lower case. */
  readonly name: string;
  /** All of them, as they were written. */
  readonly parameters: readonly string[];
  /** From 0 to 1. */
  readonly weight: number;
}

// A separator within quotes separates nothing (RFC 9110, 5.6.4).
const members = /(?:"(?:\\.|[^"\\])*"?|[^",])+/g;
const parts = /(?:"(?:\\.|[^"\\])*"?|[^";])+/g;

/** The members in the order of the header (RFC 9110, 12.4.2). A weight that is no number counts as none, which is 1. */
export function readWeightedList(header = ''): Weighted[] {
  return (header.match(members) ?? []).map((member) => {
    const [name = '', ...parameters] = (member.match(parts) ?? []).map((part) => part.trim());
    const weight = Number.parseFloat(parameterOf(parameters, 'q') ?? '');
    return { name: name.toLowerCase(), parameters, weight: Number.isNaN(weight) ? 1 : weight };
  });
}

/** The weight of each name; of one that stands there twice, the last. */
export function weightsByName(header: string | undefined): ReadonlyMap<string, number> {
  return new Map(readWeightedList(header).map(({ name, weight }) => [name, weight]));
}

/** The value of the first parameter of this name, in lower case and without quotes. */
export function parameterOf(parameters: readonly string[], name: string): string | undefined {
  const found = parameters.find((parameter) => parameter.toLowerCase().startsWith(`${name}=`));
  return found
    ?.slice(name.length + 1)
    .replaceAll('"', '')
    .toLowerCase();
}
