import { type ASTVisitor, GraphQLError, type SelectionSetNode, type ValidationContext } from 'graphql';

/**
 * Refuses `@skip` and `@include` at the root of a subscription (GraphQL, 5.2.4.1, Single Root Field). graphql-js 16 lets
 * them pass, and fails over a subscription to nothing.
 */
export function certainRootRule(context: ValidationContext): ASTVisitor {
  function check({ selections }: SelectionSetNode, seen: Set<string>): void {
    for (const selection of selections) {
      const condition = selection.directives?.find(({ name }) => conditions.has(name.value));
      if (condition) context.reportError(new GraphQLError(message, { nodes: [condition] }));
      if (selection.kind === 'InlineFragment') check(selection.selectionSet, seen);
      if (selection.kind !== 'FragmentSpread' || seen.has(selection.name.value)) continue;
      seen.add(selection.name.value);
      const fragment = context.getFragment(selection.name.value);
      if (fragment) check(fragment.selectionSet, seen);
    }
  }

  return {
    OperationDefinition({ operation, selectionSet }) {
      if (operation === 'subscription') check(selectionSet, new Set());
    },
  };
}

const conditions = new Set(['skip', 'include']);
const message =
  'The root field of a subscription cannot have @skip or @include. Start the subscription only when it is wanted.';
