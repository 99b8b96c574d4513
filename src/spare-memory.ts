import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Makes V8 hold less memory, in all threads of the process. To be called once, by whoever owns the process and before
 * anything is served; what it changes is never changed back. A program that has the gateway inside gets the same from
 * the flags named here. What each of them spares, measured: docs/performance.md.
 */
export function spareMemory(): void {
  // A full collection when the heap has grown by 30 %. By default V8 lets it grow up to fourfold.
  setFlagsFromString('--heap-growing-percent=30');
  // Of WebAssembly only function 0 of a module is compiled for speed: in the row kernel it is the one that reads rows.
  // In undici's HTTP parser it is none, and the one function that matters there takes 30 MB to compile, for short answers.
  setFlagsFromString('--wasm-tier-up-filter=0');
  // For `createChunkCollector`.
  setFlagsFromString('--expose-gc');
  globalThis.gc = runInNewContext('gc') as NodeJS.GCFunction;
}
