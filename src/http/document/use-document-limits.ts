import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  type parse as Parse,
  type ValidationContext,
  type ValidationRule,
  validate,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { certainRootRule } from './certain-root-rule.ts';
import type { CostCheck, CostedOperation } from './cost-check.ts';
import type { DocumentLimits } from './document-limits.ts';
import { documentRefusal } from './document-refusal.ts';

/** The limits, and what else is checked with them. */
export interface DocumentLimitsOptions extends DocumentLimits {
  readonly introspection: boolean;
  readonly checkCost: CostCheck;
}

/** Bounds what one document may cost before anything is executed. Without introspection the SDL is hidden, too. */
export function useDocumentLimits(options: DocumentLimitsOptions): Plugin[] {
  const { maxTokens, maxDepth, maxAliases, maxDirectives, introspection, checkCost } = options;

  function refuseCostly({ args, setResultAndStopExecution }: BeforeExecution): void {
    const refused = checkCost(args);
    if (refused) setResultAndStopExecution({ errors: [refused] });
  }

  return [
    {
      onParse({ parseFn, setParseFn }) {
        const parse = parseFn as typeof Parse;
        setParseFn((source: string, options: object) =>
          boundedStack(() => {
            const noLocation = hasMoreLines(source, maxLocatedLines);
            return parse(source, { ...options, maxTokens, noLocation });
          }),
        );
      },
      onValidate({ addValidationRule, setValidationFn }) {
        if (!introspection) {
          addValidationRule(NoSchemaIntrospectionCustomRule);
          addValidationRule(noSdlRule);
        }
        addValidationRule(certainRootRule);
        addValidationRule(() => directivesRule(maxDirectives));
        setValidationFn((schema: GraphQLSchema, document: DocumentNode, rules: readonly ValidationRule[]) =>
          boundedStack(() => validate(schema, document, rules, { maxErrors }).map(abortTold)),
        );
      },
      onExecute: refuseCostly,
      onSubscribe: refuseCostly,
    } as Plugin,
    maxDepthPlugin({
      n: maxDepth,
      ignoreIntrospection: true,
      onReject: [() => refuse(`The document is nested more than ${maxDepth} deep.`)],
    }) as Plugin,
    maxAliasesPlugin({
      n: maxAliases,
      allowList: [],
      onReject: [() => refuse(`The document has more than ${maxAliases} aliases.`)],
    }) as Plugin,
    maxDirectivesPlugin({
      n: maxDirectives,
      onReject: [() => refuse(tooManyDirectives(maxDirectives))],
    }) as Plugin,
  ];
}

/** The first faults of a document are told: a long one could have a hundred, each longer than its cause. */
const maxErrors = 5;

interface BeforeExecution {
  readonly args: CostedOperation;
  setResultAndStopExecution(result: { readonly errors: readonly GraphQLError[] }): void;
}

function refuse(message: string): never {
  throw documentRefusal(message);
}

/**
 * Line ends are not tokens: a body has room for half a million of them, and each error counts them several
 * times to find its line.
 */
const maxLocatedLines = 500;

function hasMoreLines(source: string, limit: number): boolean {
  let lines = 1;
  for (const _ of source.matchAll(/\r\n|[\n\r]/g)) {
    lines += 1;
    if (lines > limit) return true;
  }
  return false;
}

/** Within the token limit a document can still be nested deeper than a recursive parser has stack for. */
function boundedStack<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw documentRefusal('Syntax Error: The document is nested too deeply.', 'GRAPHQL_PARSE_FAILED');
  }
}

/** graphql-js gives up on documents that would take it too long to compare field by field, without saying why. */
function abortTold(error: GraphQLError): GraphQLError {
  if (error.message !== 'Validation aborted.') return error;
  return documentRefusal('The document repeats a field or a fragment too often. Select each of them once.');
}

/** GraphQL Armor counts the directives of a spread fragment only once: here they count as they stand. */
function directivesRule(maxDirectives: number): ASTVisitor {
  let directives = 0;
  return {
    Directive() {
      directives += 1;
      if (directives > maxDirectives) refuse(tooManyDirectives(maxDirectives));
    },
  };
}

function tooManyDirectives(maxDirectives: number): string {
  return `The document has more than ${maxDirectives} directives.`;
}

/** The SDL of federation reveals all that introspection does. */
function noSdlRule(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (node.name.value !== '_service') return;
      const message = 'GraphQL introspection is not allowed, but the query contained _service.';
      context.reportError(new GraphQLError(message, { nodes: [node] }));
    },
  };
}
