import type { IncomingMessage } from 'node:http';
import type { OperationRecord } from '../observe/operation-record.ts';

/** One operation as it comes in, over whatever transport. */
export interface GraphQLRequest {
  /** Aborts when the client is gone before its answer was, and with what it is to be told when the time is over. */
  readonly signal: AbortSignal;
  /** The token that the caller brought. */
  readonly token: string | undefined;
  readonly record: OperationRecord;
}

/** What Yoga and its plugins get with each operation. */
export interface ServerContext extends GraphQLRequest {
  /** Of a WebSocket, the request that opened it. */
  readonly req: IncomingMessage;
}
