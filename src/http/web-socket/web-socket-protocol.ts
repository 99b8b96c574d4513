import type { IncomingMessage } from 'node:http';
import type { ExecutionResult, FormattedExecutionResult } from 'graphql';
import type { YogaServerInstance } from 'graphql-yoga';
import { callerToken, type LookUp } from '../../caller-token.ts';
import { GatewayError } from '../../errors.ts';
import type { GatewayContext } from '../../gateway-context.ts';
import type { BeginOperation, OperationRecord } from '../../observe/operation-record.ts';
import { toPublicError } from '../../to-public-error.ts';
import { toldError } from '../answer/plain-error.ts';
import { paceConnection } from '../connection/pace-connection.ts';
import type { PersistedDocuments } from '../document/persisted-documents.ts';
import type { ServerContext } from '../request/server-context.ts';
import { hasTooManyValues, tooManyExtensions } from '../request/too-many-values.ts';
import type { RunningOperations } from './running-operations.ts';
import type { SpeakGraphQLWSOptions } from './speak-graphql-ws.ts';

/** What executes and records the operations. */
export interface WebSocketProtocolOptions {
  readonly graphql: Pick<YogaServerInstance<ServerContext, GatewayContext>, 'getEnveloped'>;
  readonly beginOperation: BeginOperation;
  /** Returns the text of an operation, which may be named by its id. */
  readonly queryOf: PersistedDocuments['queryOf'];
  /** Where each is kept for as long as it runs. */
  readonly operations: RunningOperations;
}

/**
 * Runs the operations of WebSockets through the same envelope as those of HTTP: parsing, limits, validation, context
 * and errors are the same. Credentials come from `connectionParams`, else from the headers of the upgrade.
 */
export function webSocketProtocol(options: WebSocketProtocolOptions): SpeakGraphQLWSOptions['protocol'] {
  const { graphql, beginOperation, queryOf, operations } = options;
  return {
    connectionInitWaitTimeout: 5_000,
    async onSubscribe({ connectionParams, extra }, id, payload) {
      const parameter = parameters(connectionParams);
      const header = headers(extra.request);
      const record = beginOperation((name) => parameter(name) ?? header(name));
      const signal = operations.begin(extra.socket, id, record);
      try {
        if (operations.count(extra.socket) > maxOperations) throw tooMany();
        if (hasTooManyValues(payload.extensions)) throw tooManyExtensions();
        await paceConnection(extra.socket);
        const token = callerToken(parameter) ?? callerToken(header);
        const context = { req: extra.request, token, signal, record };
        const query = queryOf(payload);
        const params = { ...payload, query };
        const enveloped = graphql.getEnveloped({ ...context, request, params });
        const { schema, parse, validate, contextFactory, execute, subscribe } = enveloped;
        const document = parse(query);
        const errors = validate(schema, document);
        if (errors.length > 0) return errors;
        const { operationName, variables: variableValues } = payload;
        const contextValue = await contextFactory();
        // Here the two functions below find the enveloped ones of this operation.
        const rootValue = { execute, subscribe, record, params };
        return { schema, document, operationName, variableValues, contextValue, rootValue };
      } catch (error) {
        // Not thrown on: that would close the socket, and end all that runs on it.
        return [toPublicError(error)];
      }
    },
    async execute(args) {
      const { execute, record } = args.rootValue as Enveloped;
      const result = await execute(args);
      // Here and not when it is sent, which never happens when the client has gone.
      return result.errors
        ? { ...result, errors: result.errors.map((error) => toldError(error, record)) }
        : result;
    },
    subscribe: (args) => (args.rootValue as Enveloped).subscribe(args),
    onOperation(_ctx, _id, payload, args) {
      // All three are held for as long as a subscription lasts, and none is read any more.
      Reflect.deleteProperty(args, 'variableValues');
      for (const said of [payload, (args.rootValue as Enveloped).params]) {
        for (const name of Object.keys(said)) Reflect.deleteProperty(said, name);
      }
    },
    onNext(_ctx, _id, _payload, { rootValue }, result) {
      const { record } = rootValue as Enveloped;
      const errors = result.errors?.map((error) => toldError(error, record).toJSON());
      return errors && ({ ...result, errors } as FormattedExecutionResult);
    },
    onError({ extra }, id, _payload, errors) {
      const record = operations.recordOf(extra.socket, id);
      const told = record ? errors.map((error) => toldError(error, record)) : errors;
      // An operation that never ran is not completed either.
      operations.end(extra.socket, id);
      return told.map((error) => error.toJSON());
    },
    onComplete: ({ extra }, id) => operations.end(extra.socket, id),
    onClose: ({ extra }) => operations.endAll(extra.socket),
  };
}

/** How many may run at once on one socket. */
const maxOperations = 500;

function tooMany(): GatewayError {
  const message = `${maxOperations} operations run on this WebSocket, which is all that may at once.`;
  return new GatewayError('RATE_LIMITED', message, { extensions: { retryAfterSeconds: 5 } });
}

/** Yoga gives the errors of a document their codes only where it sees a request. */
const request = { method: 'POST' };

interface Enveloped {
  readonly execute: (args: unknown) => ExecutionResult | Promise<ExecutionResult>;
  readonly subscribe: (args: unknown) => never;
  readonly record: OperationRecord;
  readonly params: object;
}

function headers({ headers }: IncomingMessage): LookUp {
  return (name) => headers[name]?.toString();
}

/** `connectionParams` are as the client wrote them: header names in any case. */
function parameters(params: Readonly<Record<string, unknown>> | undefined): LookUp {
  const byName = new Map(Object.entries(params ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = byName.get(name);
    return typeof value === 'string' ? value : undefined;
  };
}
