import {
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { hasTooManyValues, maxValues } from '../request/too-many-values.ts';
import { costsMore, sized } from './armor-cost.ts';
import { documentRefusal } from './document-refusal.ts';
import { hasListSizes, withListSizes } from './list-sizes.ts';
import { isOfSchema, visitFields } from './visit-fields.ts';

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

/**
 * Bounds the number of values in the largest answer that an operation can have: a value costs 1, an object 2, and a
 * list as often as it may have entries. GraphQL Armor does the sum; it knows no variables, no defaults and no types,
 * so the size of each list is written into the document first.
 */
export function createCostCheck(maxCost: number): CostCheck {
  // The same text comes as the same document (it is cached): what does not depend on variables is worked out once.
  const verdicts = new WeakMap<DocumentNode, Map<string, Verdict>>();

  return function check({ schema, document, operationName, variableValues }) {
    const operation = getOperationAST(document, operationName);
    if (!operation) return undefined;
    // graphql-js quotes a wrong object with all its fields, and that in each of up to 50 errors.
    if (hasTooManyValues(variableValues)) {
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
    const limit = { maxCost, ignoreIntrospection: true };
    if (!hasListSizes(schema, document)) return costsMore(document, limit) ? always : never;
    return (ofSchema, variables) => costsMore(withListSizes(ofSchema, document, variables), limit);
  }
}

/** Whether an operation costs too much with these variables. */
type Verdict = (schema: GraphQLSchema, variables: ExecutionArgs['variableValues']) => boolean;

const always: Verdict = () => true;
const never: Verdict = () => false;

/** The operation, first, with all fragments. */
function only(operation: OperationDefinitionNode, { definitions, ...document }: DocumentNode): DocumentNode {
  const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  return { ...document, definitions: [operation, ...fragments] };
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
