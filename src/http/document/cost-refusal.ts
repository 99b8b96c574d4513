import {
  type ExecutionArgs,
  type GraphQLError,
  getOperationAST,
  getVariableValues,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql';
import { hasTooManyValues, maxValues } from '../request/too-many-values.ts';
import { documentRefusal } from './document-refusal.ts';
import { listSize } from './list-size.ts';
import { operationCost, type SelectedField } from './operation-cost.ts';

/** The part of an execution that decides its cost. Its document is valid. */
export type CostedOperation = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>;

/** Three times what the full introspection query costs. Each of its values stands for hundreds in the answer. */
const maxIntrospectionCost = 1_000;

/**
 * Why an operation is not executed: the largest answer that it can have holds about more than `maxCost` values, or too
 * much of the schema. `undefined` when it may be, and for wrong variables: these are for the execution to report.
 */
export function costRefusal(
  { schema, document, operationName, variableValues }: CostedOperation,
  maxCost: number,
): GraphQLError | undefined {
  const operation = getOperationAST(document, operationName);
  if (!operation) return undefined;
  // graphql-js quotes a wrong object with all its fields, and that in each of up to 50 errors.
  if (hasTooManyValues(variableValues)) {
    return documentRefusal(`The variables hold more than ${maxValues} values.`, 'BAD_USER_INPUT');
  }
  const declared = operation.variableDefinitions ?? [];
  const { coerced } = getVariableValues(schema, declared, variableValues ?? {}, { maxErrors: 1 });
  if (!coerced) return undefined;
  const costOf = (sizeOf: (field: SelectedField) => number) =>
    operationCost({ schema, document, operation }, sizeOf);
  const dataSize = (field: SelectedField) => (isIntrospection(field) ? 0 : listSize(field, coerced));
  return costOf(introspectionSize) > maxIntrospectionCost || costOf(dataSize) > maxCost
    ? documentRefusal('The operation asks for more than one answer may hold.')
    : undefined;
}

/** Whether a field begins an introspection of the schema. */
function isIntrospection({ definition }: SelectedField): boolean {
  return definition === SchemaMetaFieldDef || definition === TypeMetaFieldDef;
}

/** Leaves out all but introspection. */
function introspectionSize(field: SelectedField): number {
  const { node, parent } = field;
  // An alias that repeats a field of the schema: no tool needs one there.
  if (parent.name.startsWith('__')) return node.alias ? 30 : 1;
  // The SDL is one value of many kilobytes: it fits three times.
  if (node.name.value === '_service') return 150;
  return isIntrospection(field) ? 1 : 0;
}
