/** Wakes a thread without a message, for as long as it listens. */
export interface Bell {
  /** There is work. True: the thread does not listen, and must be sent a message to hear of it. */
  ring(): boolean;
  /** As `ring`, for work that the thread should do at once. */
  ringLoudly(): boolean;
  /** The thread begins to listen. Returns what it has heard. */
  listen(): number;
  /** Waits until more is heard, at most so long. False: nothing was. */
  wait(heard: number, timeoutMs: number): boolean;
  /** The thread stops listening. False: more was heard meanwhile, so it must go on. */
  leave(heard: number): boolean;
}

const rings = 0;
const listening = 1;

/** Memory for one bell, to be shared by both threads. */
export function createBellMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(8);
}

/** One thread's end of a bell; both threads open the same memory. */
export function openBell(memory: SharedArrayBuffer): Bell {
  const words = new Int32Array(memory);

  /**
   * Each side first writes its own word and then reads the other's: so at least one of them sees what the
   * other has done.
   */
  function ring(): boolean {
    Atomics.add(words, rings, 1);
    return Atomics.compareExchange(words, listening, 0, 1) === 0;
  }

  return {
    ring,
    ringLoudly() {
      const isDeaf = ring();
      Atomics.notify(words, rings);
      return isDeaf;
    },
    listen() {
      Atomics.store(words, listening, 1);
      return Atomics.load(words, rings);
    },
    wait(heard, timeoutMs) {
      Atomics.wait(words, rings, heard, timeoutMs);
      return Atomics.load(words, rings) !== heard;
    },
    leave(heard) {
      Atomics.store(words, listening, 0);
      return Atomics.load(words, rings) === heard;
    },
  };
}
