import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit';
import {
  type ASTVisitor,
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isCompositeType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  type ValidationContext,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { defaultPageSize, maxPageSize } from '../../jobs/job-page.ts';
import { holdsMoreValues, maxValues } from './count-values.ts';
import { documentRefusal } from './document-refusal.ts';

/** The part of an execution that decides its cost. */
export type CostedOperation = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>;

/** Returns why an operation is not executed; `undefined` when it may be. */
export type CostCheck = (operation: CostedOperation) => GraphQLError | undefined;

/** Three times what the full introspection query costs. Each of its values stands for hundreds in the answer. */
const maxIntrospectionCost = 1_000;

/** Counted for the SDL, so that it fits three times. */
const sdlSize = 100;

/** How often an alias counts that repeats a field of the schema. No tool needs one there. */
const introspectionAliasSize = 15;

/** Entries of a list that no argument sizes: so many problems are told, and a file rarely makes more jobs. */
const unsizedListSize = 100;

/**
 * Bounds the number of values in the largest answer that an operation can have: a value costs 1, an object 2,
 * and a list as often as it may have entries. GraphQL Armor does the sum; it knows no variables, no defaults
 * and no types, so the size of each list is written into the document first.
 */
export function createCostCheck(maxCost: number): CostCheck {
  // The same text comes as the same document (it is cached): whatever does not depend on variables is worked
  // out once.
  const verdicts = new WeakMap<DocumentNode, Map<string, Verdict>>();

  return function check({ schema, document, operationName, variableValues }) {
    const operation = getOperationAST(document, operationName);
    if (!operation) return undefined;
    // graphql-js quotes a wrong object with all its fields, and that in each of up to 50 errors.
    if (holdsMoreValues(variableValues)) {
      return documentRefusal(`The variables hold more than ${maxValues} values.`, 'BAD_USER_INPUT');
    }
    const known = verdicts.get(document) ?? new Map<string, Verdict>();
    const name = operation.name?.value ?? '';
    const verdict = known.get(name) ?? judge(schema, only(operation, document));
    verdicts.set(document, known.set(name, verdict));
    return verdict(schema, variableValues)
      ? documentRefusal('The operation asks for more than one answer may hold.')
      : undefined;
  };

  function judge(schema: GraphQLSchema, document: DocumentNode): Verdict {
    const introspection = introspectionIn(schema, document);
    if (costsMore(introspection, { maxCost: maxIntrospectionCost, ignoreIntrospection: false }))
      return always;
    const bound = { maxCost, ignoreIntrospection: true };
    if (!hasSizes(schema, document)) return costsMore(document, bound) ? always : never;
    return (ofSchema, variables) => costsMore(withSizes(ofSchema, document, variables), bound);
  }
}

/** Whether an operation costs too much with these variables. */
type Verdict = (schema: GraphQLSchema, variables: ExecutionArgs['variableValues']) => boolean;

const always: Verdict = () => true;
const never: Verdict = () => false;

function only(operation: OperationDefinitionNode, { definitions, ...document }: DocumentNode): DocumentNode {
  const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  return { ...document, definitions: [operation, ...fragments] };
}

/** The document with the number of entries written into each list. */
function withSizes(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: ExecutionArgs['variableValues'],
): DocumentNode {
  const [operation] = document.definitions as readonly [OperationDefinitionNode];
  const given = variables ?? {};
  const values = getVariableValues(schema, operation.variableDefinitions ?? [], given, { maxErrors: 1 });
  // Wrong variables are for the execution to report.
  const { coerced } = values;
  if (!coerced) return { ...document, definitions: [] };
  return visitFields(schema, document, (node, typeInfo) => {
    const size = entries(node, typeInfo, coerced);
    return size === undefined ? undefined : sized(node, size);
  });
}

function hasSizes(schema: GraphQLSchema, document: DocumentNode): boolean {
  let found = false;
  visitFields(schema, document, (_, typeInfo) => {
    found ||= sizingArgument(typeInfo) !== undefined || isUnsizedList(typeInfo);
    return undefined;
  });
  return found;
}

/** The document reduced to introspection. The SDL is one value of many kilobytes. */
function introspectionIn(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return visitFields(schema, document, (node, typeInfo) => {
    const isRoot = roots.some((root) => root && root === typeInfo.getParentType());
    if (isOfSchema(typeInfo)) return node.alias && sized(node, introspectionAliasSize);
    if (!isRoot || /^__(schema|type)$/.test(node.name.value)) return undefined;
    return node.name.value === '_service' ? sized(node, sdlSize) : null;
  });
}

type ReplaceField = (node: FieldNode, typeInfo: TypeInfo) => FieldNode | null | undefined;

function visitFields(schema: GraphQLSchema, document: DocumentNode, replace: ReplaceField): DocumentNode {
  const typeInfo = new TypeInfo(schema);
  const visitor: ASTVisitor = { Field: (node) => replace(node, typeInfo) };
  return visit(document, visitWithTypeInfo(typeInfo, visitor));
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

/**
 * Whether a field is a list of objects that no argument sizes. The edges of a page are none: they are as many
 * as the page is long.
 */
function isUnsizedList(typeInfo: TypeInfo): boolean {
  const type = getNullableType(typeInfo.getType());
  if (!isListType(type) || !isCompositeType(getNamedType(type)) || isOfSchema(typeInfo)) return false;
  return sizingArgument(typeInfo) === undefined && typeInfo.getFieldDef()?.name !== 'edges';
}

/** Whether a field belongs to the introspection of the schema. */
function isOfSchema(typeInfo: TypeInfo): boolean {
  return typeInfo.getParentType()?.name.startsWith('__') ?? false;
}

/** The field in the form that Armor counts `size` times: with a literal `first`, and with a selection. */
function sized(node: FieldNode, size: number): FieldNode {
  const name = { kind: Kind.NAME, value: 'first' } as const;
  const first = { kind: Kind.ARGUMENT, name, value: { kind: Kind.INT, value: String(size) } } as const;
  const { selectionSet = { kind: Kind.SELECTION_SET, selections: [] } } = node;
  return { ...node, arguments: [first], selectionSet };
}

interface CostLimit {
  readonly maxCost: number;
  readonly ignoreIntrospection: boolean;
}

/** Armor's rule needs a validation context for its fragments alone. */
function costsMore(document: DocumentNode, options: CostLimit): boolean {
  const fragments = new Map(
    document.definitions
      .filter(
        (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION,
      )
      .map((fragment) => [fragment.name.value, fragment]),
  );
  let isAbove = false;
  const onReject = () => {
    isAbove = true;
  };
  const { OperationDefinition } = costLimitRule({
    ...{ depthCostFactor: 1, flattenFragments: true, propagateOnRejection: false, onReject: [onReject] },
    ...options,
  })({ getFragment: (name: string) => fragments.get(name) } as ValidationContext);
  const [operation] = document.definitions;
  if (operation) OperationDefinition['enter'](operation);
  return isAbove;
}
