import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { GraphQLError, NoSchemaIntrospectionCustomRule, type parse as Parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { ErrorCode } from '../errors.ts';

export interface DocumentLimits {
  /** Default 5,000: some hundred aliased jobs with all their fields. */
  readonly maxTokens?: number;
  /** Default 10; deeper than one list of jobs within another nothing makes sense. */
  readonly maxDepth?: number;
  readonly introspection: boolean;
}

/** Bounds what one document may cost before anything is executed. */
export function documentLimits({
  maxTokens = 5_000,
  maxDepth = 10,
  introspection,
}: DocumentLimits): Plugin[] {
  return [
    {
      onParse({ parseFn, setParseFn }) {
        const parse = parseFn as typeof Parse;
        setParseFn((source: string, options: object) =>
          boundedStack(() => parse(source, { ...options, maxTokens })),
        );
      },
      onValidate({ addValidationRule, validateFn, setValidationFn }) {
        if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
        setValidationFn((...args: unknown[]) =>
          boundedStack(() => (validateFn as (...args: unknown[]) => readonly GraphQLError[])(...args)),
        );
      },
    } as Plugin,
    maxDepthPlugin({
      n: maxDepth,
      ignoreIntrospection: true,
      onReject: [
        () => {
          throw refusal('GRAPHQL_VALIDATION_FAILED', `The document is nested more than ${maxDepth} deep.`);
        },
      ],
    }) as Plugin,
  ];
}

/** Within the token limit a document can still be nested deeper than a recursive parser has stack for. */
function boundedStack<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refusal('GRAPHQL_PARSE_FAILED', 'Syntax Error: The document is nested too deeply.');
  }
}

function refusal(code: ErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { spec: true, status: 400 } } });
}
