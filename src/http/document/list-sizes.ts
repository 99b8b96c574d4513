import {
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getNullableType,
  getVariableValues,
  isCompositeType,
  isListType,
  type OperationDefinitionNode,
  type TypeInfo,
} from 'graphql';
import { defaultPageSize, maxPageSize } from '../../jobs/job-page.ts';
import { sized } from './armor-cost.ts';
import { isOfSchema, visitFields } from './visit-fields.ts';

/** Entries of a list that no argument sizes: so many problems are told, and a file rarely makes more jobs. */
const unsizedListSize = 100;

/** Whether any list of the document has a size to be written into it. */
export function hasListSizes(schema: GraphQLSchema, document: DocumentNode): boolean {
  let found = false;
  visitFields(schema, document, (_, typeInfo) => {
    found ||= sizingArgument(typeInfo) !== undefined || isUnsizedList(typeInfo);
    return undefined;
  });
  return found;
}

/**
 * The document with the number of entries written into each list, where Armor finds it. The document begins with its
 * operation. It comes back empty for wrong variables: these are for the execution to report.
 */
export function withListSizes(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: ExecutionArgs['variableValues'],
): DocumentNode {
  const [operation] = document.definitions as readonly [OperationDefinitionNode];
  const given = variables ?? {};
  const values = getVariableValues(schema, operation.variableDefinitions ?? [], given, { maxErrors: 1 });
  const { coerced } = values;
  if (!coerced) return { ...document, definitions: [] };
  return visitFields(schema, document, (node, typeInfo) => {
    const size = entries(node, typeInfo, coerced);
    return size === undefined ? undefined : sized(node, size);
  });
}

function entries(node: FieldNode, typeInfo: TypeInfo, variables: Record<string, unknown>) {
  const field = typeInfo.getFieldDef();
  const sizing = sizingArgument(typeInfo);
  if (isUnsizedList(typeInfo)) return unsizedListSize;
  if (!field || !sizing) return undefined;
  try {
    const size = getArgumentValues(field, node, variables)[sizing];
    // A page longer than the limit makes the field fail by itself.
    return Array.isArray(size) ? size.length : Math.min(Number(size ?? defaultPageSize), maxPageSize);
  } catch {
    return 1;
  }
}

function sizingArgument(typeInfo: TypeInfo): string | undefined {
  const names = typeInfo.getFieldDef()?.args.map(({ name }) => name);
  return names?.find((name) => name === 'first' || name === 'representations');
}

/** Whether a field is a list of objects without a size. The edges of a page are none: their page has the size. */
function isUnsizedList(typeInfo: TypeInfo): boolean {
  const type = getNullableType(typeInfo.getType());
  if (!isListType(type) || !isCompositeType(getNamedType(type)) || isOfSchema(typeInfo)) return false;
  return sizingArgument(typeInfo) === undefined && typeInfo.getFieldDef()?.name !== 'edges';
}
