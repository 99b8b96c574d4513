import { BREAK, type GraphQLResolveInfo, visit } from 'graphql';

/**
 * Whether an operation selects a field anywhere, whatever its directives say: what nobody asks for need not
 * be worked out.
 */
export function asksFor(info: Pick<GraphQLResolveInfo, 'operation' | 'fragments'>, field: string): boolean {
  let isNamed = false;
  for (const definition of [info.operation, ...Object.values(info.fragments)]) {
    visit(definition, {
      Field({ name }) {
        if (name.value !== field) return undefined;
        isNamed = true;
        return BREAK;
      },
    });
  }
  return isNamed;
}
