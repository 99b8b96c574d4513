import { setMaxListeners } from 'node:events';
import { createIdleWait } from '../../flow/idle-wait.ts';
import type { OperationRecord } from '../../observe/operation-record.ts';

/** The operations that run on WebSockets. */
export interface RunningOperations {
  /** Begins an operation, and returns its signal, which aborts when the operation or its socket ends. */
  begin(socket: object, id: string, record: OperationRecord): AbortSignal;
  /** How many run on a socket. */
  count(socket: object): number;
  /** The record of an operation that is not over. */
  recordOf(socket: object, id: string): OperationRecord | undefined;
  /** The operation is over. Does nothing when it was over already. */
  end(socket: object, id: string): void;
  /** The same for an operation whose client no longer waits for it. */
  giveUp(socket: object, id: string): void;
  endAll(socket: object): void;
  /** Resolves when no operation runs, or after `timeoutMs`. */
  idle(timeoutMs: number): Promise<void>;
}

interface Running {
  readonly controller: AbortController;
  readonly record: OperationRecord;
}

/** Keeps track of what runs on each open WebSocket, so that nothing runs on for nobody. */
export function createRunningOperations(): RunningOperations {
  const running = new Map<object, Map<string, Running>>();
  const idle = createIdleWait(() => running.size === 0);

  function end(socket: object, id: string, gone: boolean): void {
    const operations = running.get(socket);
    const operation = operations?.get(id);
    operations?.delete(id);
    if (operations?.size === 0) running.delete(socket);
    operation?.controller.abort();
    operation?.record.end(gone);
    idle.ended();
  }

  return {
    begin(socket, id, record) {
      const controller = new AbortController();
      setMaxListeners(0, controller.signal);
      const operations = running.get(socket) ?? new Map<string, Running>();
      running.set(socket, operations.set(id, { controller, record }));
      return controller.signal;
    },
    count: (socket) => running.get(socket)?.size ?? 0,
    recordOf: (socket, id) => running.get(socket)?.get(id)?.record,
    end: (socket, id) => end(socket, id, false),
    giveUp: (socket, id) => end(socket, id, true),
    endAll(socket) {
      for (const id of running.get(socket)?.keys() ?? []) end(socket, id, true);
    },
    idle: idle.wait,
  };
}
