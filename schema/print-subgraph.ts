import { printSubgraphSchema } from '@apollo/subgraph';
import { schema } from '../src/schema/schema.ts';

/** The subgraph's SDL, the same that `_service { sdl }` answers. */
export function printSubgraph(): string {
  return `${printSubgraphSchema(schema).trim()}\n`;
}
