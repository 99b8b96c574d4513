import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type ValidationContext,
} from 'graphql';

/** A bound for GraphQL Armor, which counts 1 for a value and 2 for an object. */
export interface ArmorLimit {
  readonly maxCost: number;
  readonly ignoreIntrospection: boolean;
}

/**
 * Whether the first operation of a document costs more, as Armor counts. Its rule needs a validation context for the
 * fragments alone.
 */
export function costsMore(document: DocumentNode, limit: ArmorLimit): boolean {
  const isFragment = (definition: { readonly kind: Kind }): definition is FragmentDefinitionNode =>
    definition.kind === Kind.FRAGMENT_DEFINITION;
  const fragments = new Map(
    document.definitions.filter(isFragment).map((fragment) => [fragment.name.value, fragment]),
  );
  let isAbove = false;
  const onReject = () => {
    isAbove = true;
  };
  const { OperationDefinition } = costLimitRule({
    ...{ depthCostFactor: 1, flattenFragments: true, propagateOnRejection: false, onReject: [onReject] },
    ...limit,
  })({ getFragment: (name: string) => fragments.get(name) } as ValidationContext);
  const [operation] = document.definitions;
  if (operation) OperationDefinition['enter'](operation);
  return isAbove;
}

/** The field in the form that Armor counts `size` times: with a literal `first`, and with a selection. */
export function sized(node: FieldNode, size: number): FieldNode {
  const name = { kind: Kind.NAME, value: 'first' } as const;
  const first = { kind: Kind.ARGUMENT, name, value: { kind: Kind.INT, value: String(size) } } as const;
  const { selectionSet = { kind: Kind.SELECTION_SET, selections: [] } } = node;
  return { ...node, arguments: [first], selectionSet };
}
