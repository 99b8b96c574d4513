import {
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** What stands in a field's place: another field, nothing (`null`), or the field as it was (`undefined`). */
export type ReplaceField = (node: FieldNode, typeInfo: TypeInfo) => FieldNode | null | undefined;

/** A copy of the document in which `replace` has seen each field, with its type. */
export function visitFields(
  schema: GraphQLSchema,
  document: DocumentNode,
  replace: ReplaceField,
): DocumentNode {
  const typeInfo = new TypeInfo(schema);
  const visitor: ASTVisitor = { Field: (node) => replace(node, typeInfo) };
  return visit(document, visitWithTypeInfo(typeInfo, visitor));
}

/** Whether a field belongs to the introspection of the schema. */
export function isOfSchema(typeInfo: TypeInfo): boolean {
  return typeInfo.getParentType()?.name.startsWith('__') ?? false;
}
