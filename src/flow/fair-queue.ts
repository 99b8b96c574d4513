import { onAbort } from './on-abort.ts';

/** Runs `work` as soon as a place of its key is free. Rejects as `work` does, or with the signal's reason. */
export type RunInTurn = <T>(key: string | object, signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

interface Line {
  running: number;
  readonly waiting: Set<() => void>;
}

/**
 * Lets `atOnce` pieces of work per key run at the same time, and the others in the order they came: whoever asks for a
 * thousand things gets a share of what there is, not all of it. Keeps nothing of a key once all of its work is done.
 */
export function createFairQueue(atOnce: number): RunInTurn {
  const lines = new Map<string | object, Line>();

  return async (key, signal, work) => {
    signal.throwIfAborted();
    const line = lines.get(key) ?? { running: 0, waiting: new Set() };
    lines.set(key, line);
    if (line.running < atOnce) line.running += 1;
    else await turn(line, signal);
    try {
      return await work();
    } finally {
      const [next] = line.waiting;
      // The place passes straight on to the next in line: it is never free in between.
      if (next) next();
      else line.running -= 1;
      if (line.running === 0) lines.delete(key);
    }
  };
}

function turn({ waiting }: Line, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = () => {
      waiting.delete(go);
      stopListening();
      resolve();
    };
    const stopListening = onAbort(signal, (reason) => {
      waiting.delete(go);
      reject(reason);
    });
    waiting.add(go);
  });
}
