import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';

/** An operation, and the document that it stands in, which is valid. */
export interface OperationInDocument {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** A field that is selected. */
export interface SelectedField {
  readonly node: FieldNode;
  /** The type that it is selected of. */
  readonly parent: GraphQLNamedType;
  readonly definition: GraphQLField<unknown, unknown>;
}

/**
 * The sum over an operation: what has a selection costs 2, all else 1, and a field as often as `sizeOf` says, with all
 * that is selected in it; 0 leaves it out. A fragment counts wherever it is spread, and is worked out once.
 */
export function operationCost(
  { schema, document, operation }: OperationInDocument,
  sizeOf: (field: SelectedField) => number,
): number {
  const fragments = new Map(document.definitions.filter(isFragment).map((each) => [each.name.value, each]));
  const fragmentCosts = new Map<string, number>();
  return sum(operation.selectionSet, schema.getRootType(operation.operation));

  function sum({ selections }: SelectionSetNode, parent: GraphQLNamedType | null | undefined): number {
    return selections.reduce((total, selection) => total + costOf(selection, parent), 0);
  }

  function costOf(node: SelectionNode, parent: GraphQLNamedType | null | undefined): number {
    if (node.kind === Kind.FRAGMENT_SPREAD) return 1 + fragmentCost(node.name.value);
    if (node.kind === Kind.INLINE_FRAGMENT) {
      const { typeCondition: type, selectionSet } = node;
      return 2 + sum(selectionSet, type ? schema.getType(type.name.value) : parent);
    }
    const definition = definitionOf(node.name.value, parent);
    if (!parent || !definition) return 1;
    const size = sizeOf({ node, parent, definition });
    if (size === 0 || !node.selectionSet) return size;
    return size * (2 + sum(node.selectionSet, getNamedType(definition.type)));
  }

  function fragmentCost(name: string): number {
    const fragment = fragments.get(name);
    if (!fragment) return 0;
    const { typeCondition, selectionSet } = fragment;
    const cost = fragmentCosts.get(name) ?? 2 + sum(selectionSet, schema.getType(typeCondition.name.value));
    fragmentCosts.set(name, cost);
    return cost;
  }
}

function isFragment(definition: { readonly kind: Kind }): definition is FragmentDefinitionNode {
  return definition.kind === Kind.FRAGMENT_DEFINITION;
}

const metaFields = new Map(
  [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef].map((field) => [field.name, field]),
);

function definitionOf(name: string, parent: GraphQLNamedType | null | undefined) {
  const hasFields = isObjectType(parent) || isInterfaceType(parent);
  return metaFields.get(name) ?? (hasFields ? parent.getFields()[name] : undefined);
}
