import { BREAK, type GraphQLResolveInfo, visit } from 'graphql';

/**
 * Whether an operation names a field, anywhere and whatever its directives say: for what need not be worked out when
 * nobody can be told of it.
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
