import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  type TypeNode,
  typeFromAST,
} from 'graphql';

/** A place in an operation's variables that takes a file. */
export interface UploadSlot {
  /** Dotted, without `variables.`: `file`, `input.file`. */
  readonly path: string;
  /** Takes any number of files, as `path.0`, `path.1` and so on. */
  readonly isList: boolean;
  /** False where the operation also runs without a file. */
  readonly isRequired: boolean;
}

/**
 * The places of type `Upload`, in the order of the variables, also within input objects. Without a schema,
 * since introspection may be switched off, only those that the type of a variable itself shows.
 */
export function uploadSlots(
  operation: OperationDefinitionNode | undefined,
  schema?: GraphQLSchema | null,
): UploadSlot[] {
  return (operation?.variableDefinitions ?? []).flatMap(({ variable, type }) => {
    const path = variable.name.value;
    const known = schema && typeFromAST(schema, type);
    return known ? slotsOfType(known as GraphQLInputType, path, []) : slotOfNode(type, path);
  });
}

function slotsOfType(type: GraphQLInputType, path: string, parents: readonly string[]): UploadSlot[] {
  const named = getNamedType(type);
  const isList = isListType(getNullableType(type));
  if (named.name === 'Upload') return [{ path, isList, isRequired: isNonNullType(type) }];
  // An input object may contain itself, and one in a list has no place before there is an item.
  if (!isInputObjectType(named) || isList || parents.includes(named.name)) return [];
  return Object.values(named.getFields()).flatMap((field) =>
    slotsOfType(field.type, `${path}.${field.name}`, [...parents, named.name]),
  );
}

function slotOfNode(type: TypeNode, path: string): UploadSlot[] {
  const isRequired = type.kind === 'NonNullType';
  let node = type;
  let isList = false;
  while (node.kind !== 'NamedType') {
    isList ||= node.kind === 'ListType';
    node = node.type;
  }
  return node.name.value === 'Upload' ? [{ path, isList, isRequired }] : [];
}
