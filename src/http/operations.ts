import { setMaxListeners } from 'node:events';
import { createIdleWait } from './idle-wait.ts';

export interface Operations {
  /** The signal of an operation that begins on a socket: aborts when the operation or its socket ends. */
  begin(socket: object, id: string): AbortSignal;
  /** The operation is over; says nothing of one that was already. */
  end(socket: object, id: string): void;
  endAll(socket: object): void;
  /** Resolves when no operation runs, or after `timeoutMs`. */
  idle(timeoutMs: number): Promise<void>;
}

/** What runs on the open WebSockets, so that nothing runs on for nobody. */
export function createOperations(): Operations {
  const running = new Map<object, Map<string, AbortController>>();
  const idle = createIdleWait(() => running.size === 0);

  function end(socket: object, id: string): void {
    const operations = running.get(socket);
    const controller = operations?.get(id);
    operations?.delete(id);
    if (operations?.size === 0) running.delete(socket);
    controller?.abort();
    idle.ended();
  }

  return {
    begin(socket, id) {
      const controller = new AbortController();
      setMaxListeners(0, controller.signal);
      const operations = running.get(socket) ?? new Map<string, AbortController>();
      running.set(socket, operations.set(id, controller));
      return controller.signal;
    },
    end,
    endAll(socket) {
      for (const id of running.get(socket)?.keys() ?? []) end(socket, id);
    },
    idle: idle.wait,
  };
}
