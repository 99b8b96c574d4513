import type { IncomingMessage } from 'node:http';
import type { OperationRecord } from '../../observe/operation-record.ts';

/** One operation as it comes in, over whatever transport. */
export interface GraphQLRequest {
  /**
   * Aborts when the client goes away before its answer, and at the end of a drain with what the client is to be told.
   */
  readonly signal: AbortSignal;
  /** The token that the caller brought. */
  readonly token: string | undefined;
  readonly record: OperationRecord;
}

/** The context that Yoga and its plugins get with each operation. */
export interface ServerContext extends GraphQLRequest {
  /** On a WebSocket, the request that opened it. */
  readonly req: IncomingMessage;
}
