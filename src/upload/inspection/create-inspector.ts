import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { createCodePoolMemory, releaseCodePool } from '../scan/duplicates/code-pool.ts';
import { createBellMemory, openBell } from './bell.ts';
import { createChunkCollector } from './chunk-collector.ts';
import {
  createInspection,
  type Inspection,
  type InspectionEvents,
  type ThreadInspection,
} from './inspection.ts';
import type { InspectionAnswer, InspectionPlan, ThreadMemory } from './inspection-messages.ts';
import { createMemoryPool } from './memory-pool.ts';
import { createThreadCalls, type ThreadCalls } from './thread-calls.ts';

/** Inspects files, in threads of its own. */
export interface Inspector {
  /** Begins to inspect a file. Whoever opens it closes it. */
  open(plan: InspectionPlan, events: InspectionEvents): Inspection;
  /** Ends the threads; inspections that are still open fail. May be called twice. */
  close(): Promise<void>;
}

/** How many threads, and how much memory for the search for duplicates. */
export interface InspectorOptions {
  /** How many threads there may be. Default: one less than there are cores, four at most. */
  readonly threads?: number | undefined;
  /** Rows that are searched for duplicate codes, in all files at once: each takes 8 bytes. Default 5,000,000. */
  readonly maxRows?: number | undefined;
}

/** A few threads that inspect all files, each file in one of them. A thread starts with its first file. */
export function createInspector(options: InspectorOptions = {}): Inspector {
  const { threads = Math.max(1, Math.min(4, availableParallelism() - 1)), maxRows = 5_000_000 } = options;
  const codes = createCodePoolMemory(maxRows);
  const memories = createMemoryPool();
  const onDead = createChunkCollector();
  const crew: (Thread | undefined)[] = Array.from({ length: threads });
  let nextId = 1;

  function leastBusy(): Thread {
    const place = crew.findIndex((thread) => thread === undefined || thread.files.size === 0);
    const busy = crew
      .filter((thread) => thread !== undefined)
      .toSorted((a, b) => a.files.size - b.files.size);
    if (place < 0 && busy[0]) return busy[0];
    const thread =
      crew[place] ?? startThread({ codes, owner: place + 1, maxRows }, () => leave(place, thread));
    crew[place] = thread;
    return thread;
  }

  /** A thread that breaks reports it twice, and another may have taken its place by then. */
  function leave(place: number, thread: Thread): void {
    if (crew[place] !== thread) return;
    delete crew[place];
    releaseCodePool(codes, place + 1);
  }

  return {
    open(plan, events) {
      const thread = leastBusy();
      const id = nextId++;
      const { send, call } = thread;
      const memory = memories.take();
      const inspection = createInspection({
        ...{ id, plan, memory, events, send, call, onDead },
        onOver(isUnread) {
          thread.files.delete(id);
          if (isUnread) memories.giveBack(memory);
        },
      });
      thread.files.set(id, inspection);
      return inspection;
    },
    async close() {
      await Promise.all(crew.map((thread) => thread?.worker.terminate()));
    },
  };
}

interface Thread extends ThreadCalls {
  readonly worker: Worker;
  /** The files that it is not done with yet. */
  readonly files: Map<number, ThreadInspection>;
}

// Node runs no TypeScript in a worker: under a test runner, where this file is a source, the built worker is used.
const entry = import.meta.url.endsWith('.ts')
  ? '../../../dist/upload/inspection/inspection-worker.js'
  : './inspection-worker.js';

function startThread(given: Omit<ThreadMemory, 'bell'>, onExit: () => void): Thread {
  const memory: ThreadMemory = { ...given, bell: createBellMemory() };
  const bell = openBell(memory.bell);
  const worker = new Worker(new URL(entry, import.meta.url), {
    workerData: memory,
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  const files = new Map<number, ThreadInspection>();
  // An idle thread must not keep the process alive.
  worker.unref();
  worker.on('message', take);
  worker.once('error', (error) => fail(error));
  worker.once('exit', () => fail(new Error('The inspection thread has ended.')));

  function take(answer: InspectionAnswer): void {
    switch (answer.type) {
      case 'scanned':
        for (const file of [...files.values()]) file.look();
        return;
      case 'found':
        files.get(answer.id)?.hear(answer);
        return;
      case 'report':
        files.get(answer.id)?.finish(answer.report);
        return;
      case 'closed':
        files.get(answer.id)?.finish();
    }
  }

  function fail(error: Error): void {
    onExit();
    for (const file of [...files.values()]) file.fail(error);
  }

  return { worker, files, ...createThreadCalls(bell, (request) => worker.postMessage(request)) };
}
