import {
  type ExecutionArgs,
  type GraphQLField,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
} from 'graphql';
import { defaultPageSize, maxPageSize } from '../../jobs/job-page.ts';
import type { SelectedField } from './operation-cost.ts';

/** Entries of a list that no argument sizes: so many problems are told, and a file rarely makes more jobs. */
const unsizedListSize = 100;

/** How many entries a field may have with these (coerced) variables; 1 where it is no list. */
export function listSize(
  { node, definition }: SelectedField,
  variables: NonNullable<ExecutionArgs['variableValues']>,
): number {
  const sizing = definition.args.find(({ name }) => name === 'first' || name === 'representations');
  if (!sizing) return isUnsizedList(definition) ? unsizedListSize : 1;
  try {
    const size = getArgumentValues(definition, node, variables)[sizing.name];
    // A page longer than the limit makes the field fail by itself.
    const entries = Array.isArray(size)
      ? size.length
      : Math.min(Number(size ?? defaultPageSize), maxPageSize);
    return Math.max(entries, 1);
  } catch {
    return 1;
  }
}

/** Whether a field is a list of objects. The edges of a page are none: their page has the size. */
function isUnsizedList({ name, type }: GraphQLField<unknown, unknown>): boolean {
  return isListType(getNullableType(type)) && isCompositeType(getNamedType(type)) && name !== 'edges';
}
