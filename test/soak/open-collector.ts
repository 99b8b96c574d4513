import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Collects the garbage of another process: what is left in its memory then is alive. */
export interface Collector extends Disposable {
  /** Resolves when it is done, which holds that process up for a moment. */
  collect(): Promise<void>;
}

/** Attaches to a process by Node's inspector. Dispose it before that process ends, which would wait for it. */
export async function openCollector(port: number): Promise<Collector> {
  const listed = await fetch(`http://127.0.0.1:${port}/json`, { headers: { connection: 'close' } });
  const [target] = (await listed.json()) as [{ readonly webSocketDebuggerUrl: string }];
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await once(socket, 'open');
  let id = 0;
  const call = async (method: string): Promise<void> => {
    id += 1;
    const mine = id;
    socket.send(JSON.stringify({ id: mine, method }));
    for (;;) {
      const [message] = (await once(socket, 'message')) as [Buffer];
      if ((JSON.parse(message.toString()) as { id?: number }).id === mine) return;
    }
  };
  await call('HeapProfiler.enable');
  return {
    collect: () => call('HeapProfiler.collectGarbage'),
    [Symbol.dispose]: () => socket.close(),
  };
}
