import { type ExecutionResult, GraphQLError, getOperationAST, subscribe } from 'graphql';
import type { Plugin, YogaServer } from 'graphql-yoga';
import { GatewayError } from '../../errors.ts';
import type { ErrorNotes } from '../../observe/operation-record.ts';
import { toPublicError } from '../../to-public-error.ts';
import { toldError } from '../answer/plain-error.ts';
import { withWriter } from '../answer/response-writer.ts';
import type { CostCheck } from '../document/cost-check.ts';
import type { ServerContext } from '../request/server-context.ts';
import { sendEvents } from './send-events.ts';
import { chooseStreamFormat, eventStream } from './stream-format.ts';

/** What streaming needs of the handler. */
export interface EventStreamOptions {
  readonly checkCost: CostCheck;
  /** Time between pings, which keep proxies from cutting. Default 12,000. */
  readonly keepAliveMs?: number | undefined;
}

/**
 * Streams subscriptions instead of Yoga, which would hold its request, its response and five layers of iterators for as
 * long as each of them lasts. Parsing, limits, validation and context remain Yoga's. A client that takes neither event
 * streams nor Apollo's multipart responses is refused before anything is watched.
 */
export function useEventStreams(options: EventStreamOptions): Plugin<object, ServerContext> {
  const { checkCost, keepAliveMs = 12_000 } = options;
  let getEnveloped: YogaServer<ServerContext, object>['getEnveloped'];

  return {
    onYogaInit({ yoga }) {
      getEnveloped = yoga.getEnveloped;
    },
    onParams({ paramsHandler, setParamsHandler }) {
      setParamsHandler(async (payload) => {
        const { params, request, context } = payload;
        const { schema, parse, validate } = getEnveloped({ ...context, request, params });
        const document = orTold(() => parse(params.query), request);
        const { operationName, variables: variableValues } = params;
        const operation = getOperationAST(document, operationName);
        if (operation?.operation !== 'subscription') return paramsHandler(payload);
        if (!formatFor(request)) throw notAcceptable();
        const errors = validate(schema, document);
        if (errors.length > 0) return { errors };
        const refused = checkCost({ schema, document, operationName, variableValues });
        if (refused) return { errors: [refused] };
        const { req, token, signal, record } = context;
        // Without the request: this context lasts as long as the subscription.
        const contextValue = await getEnveloped({ req, token, signal, record }).contextFactory();
        // And without undeclared variables, which graphql would hold for as long.
        const declared = operation.variableDefinitions?.map(({ variable }) => variable.name.value) ?? [];
        const values = Object.entries(variableValues ?? {}).filter(([name]) => declared.includes(name));
        const args = { schema, document, operationName, variableValues: Object.fromEntries(values) };
        const source = await subscribe({ ...args, contextValue });
        return Symbol.asyncIterator in source ? source : masked(source);
      });
    },
    onResultProcess({ request, result, setResultProcessor, serverContext: { record } }) {
      if (!(Symbol.asyncIterator in result)) return;
      const source = result[Symbol.asyncIterator]();
      const format = formatFor(request) ?? eventStream;
      setResultProcessor(
        (_, { Response }) =>
          withWriter(new Response(null, { headers: format.headers }), (res) =>
            sendEvents(res, source, {
              ...{ format, keepAliveMs },
              toText: (value) => toText(value, record),
              onBug(error) {
                record.failed('INTERNAL_SERVER_ERROR');
                record.bug(error);
              },
            }),
          ),
        format.headers['content-type'],
      );
    },
    onResponse({ response: { headers } }) {
      // Yoga's way to keep proxies from compressing a stream of one result. HTTP knows no such coding (RFC
      // 9110, 8.4.1).
      if (headers.get('content-encoding') !== 'none') return;
      headers.delete('content-encoding');
      headers.set('x-accel-buffering', eventStream.headers['x-accel-buffering']);
    },
  };

  function masked(result: ExecutionResult): ExecutionResult {
    const { errors } = result;
    return errors ? { ...result, errors: errors.map(toPublicError) } : result;
  }

  function toText(result: ExecutionResult, record: ErrorNotes): string {
    const { errors, ...rest } = masked(result);
    return JSON.stringify(
      errors ? { ...rest, errors: errors.map((error) => toldError(error, record)) } : rest,
    );
  }
}

/**
 * Lets an error of the document go out as a result under HTTP 200: of any other response a client of event
 * streams reads nothing. That a GET runs no mutation is no such error, and keeps its 405.
 */
function orTold<T>(parse: () => T, { headers }: Request): T {
  try {
    return parse();
  } catch (error) {
    const isTold = error instanceof GraphQLError && headers.get('accept')?.includes('text/event-stream');
    if (isTold && statusOf(error) !== 405) error.extensions['http'] = { spec: true, status: 400 };
    throw error;
  }
}

function statusOf({ extensions }: GraphQLError): number | undefined {
  return (extensions['http'] as { status?: number } | undefined)?.status;
}

function formatFor({ headers }: Request) {
  return chooseStreamFormat(headers.get('accept') ?? '');
}

function notAcceptable(): GatewayError {
  const message =
    'Subscriptions are answered with text/event-stream or multipart/mixed;subscriptionSpec=1.0, which this request does ' +
    'not accept.';
  return new GatewayError('NOT_ACCEPTABLE', message);
}
