import { setMaxListeners } from 'node:events';
import type { OperationRecord } from '../observe/operation-record.ts';
import { createIdleWait } from './idle-wait.ts';

export interface Operations {
  /** The signal of an operation that begins on a socket: aborts when the operation or its socket ends. */
  begin(socket: object, id: string, record: OperationRecord): AbortSignal;
  /** How many run on a socket. */
  count(socket: object): number;
  /** The record of the operation that has this id and is not over. */
  recordOf(socket: object, id: string): OperationRecord | undefined;
  /** What has this id is over; says nothing of what was already. */
  end(socket: object, id: string): void;
  endAll(socket: object): void;
  /** Resolves when no operation runs, or after `timeoutMs`. */
  idle(timeoutMs: number): Promise<void>;
}

interface Running {
  readonly controller: AbortController;
  readonly record: OperationRecord;
}

/** What runs on the open WebSockets, so that nothing runs on for nobody. */
export function createOperations(): Operations {
  const running = new Map<object, Map<string, Running[]>>();
  const idle = createIdleWait(() => running.size === 0);

  function end(socket: object, id: string, gone: boolean): void {
    const operations = running.get(socket);
    const ended = operations?.get(id) ?? [];
    operations?.delete(id);
    if (operations?.size === 0) running.delete(socket);
    for (const { controller, record } of ended) {
      controller.abort();
      record.end(gone);
    }
    idle.ended();
  }

  return {
    begin(socket, id, record) {
      const controller = new AbortController();
      setMaxListeners(0, controller.signal);
      const operations = running.get(socket) ?? new Map<string, Running[]>();
      // graphql-ws lets an operation that was given up before it began run beside the next one of its id.
      const former = operations.get(id) ?? [];
      running.set(socket, operations.set(id, [...former, { controller, record }]));
      return controller.signal;
    },
    count: (socket) => [...(running.get(socket)?.values() ?? [])].flat().length,
    recordOf: (socket, id) => running.get(socket)?.get(id)?.at(-1)?.record,
    end: (socket, id) => end(socket, id, false),
    endAll(socket) {
      for (const id of running.get(socket)?.keys() ?? []) end(socket, id, true);
    },
    idle: idle.wait,
  };
}
