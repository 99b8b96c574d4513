import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildASTSchema, parse } from 'graphql';

/** What in the second subgraph SDL breaks clients, or the composition, of the first: a sentence for each change. */
export async function breakingChanges(before: string, after: string): Promise<string[]> {
  const changes = await diff(toSchema(before), toSchema(after));
  return changes
    .filter(({ criticality, message }) => {
      return criticality.level === CriticalityLevel.Breaking || compositionBreaks.test(message);
    })
    .map(({ message }) => message);
}

// No operation fails without them, but other subgraphs no longer fit.
const compositionBreaks = /^Directive '(key|shareable)' was removed/;

function toSchema(sdl: string) {
  // Federation's directives are imported by @link and defined nowhere.
  return buildASTSchema(parse(sdl), { assumeValidSDL: true });
}
