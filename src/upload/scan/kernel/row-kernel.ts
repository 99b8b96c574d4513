import { randomFillSync } from 'node:crypto';
import { addHashLocals, hashText } from './row-kernel-hash.ts';
import {
  codeColumn,
  createKernelMemory,
  kernelInputBytes,
  kernelMemory,
  kernelRules,
  unhashedShift,
} from './row-kernel-memory.ts';
import { rowsFunction } from './row-kernel-rows.ts';
import { createLocals, i32, i64 } from './wasm-code.ts';
import { encodeModule, type WasmFunction } from './wasm-module.ts';

/**
 * The inner loop of the scan in WebAssembly, 64 bytes at a time: more than ten times as fast as the row
 * reader, but only for the usual rows. Each scan has a kernel of its own.
 */
export interface RowKernel {
  /** Sets what the next calls of `readRows` check, and the column whose codes they hash, if any. */
  configure(
    required: readonly { readonly column: number; readonly rule: keyof typeof kernelRules }[],
    codes: number | undefined,
  ): void;
  /**
   * Takes the bytes between two offsets: in place, when they stand in the kernel's memory, else as a copy of
   * as many of them as fit. Returns how many.
   */
  load(chunk: Buffer, from: number, to: number): number;
  /**
   * Reads at most `maxRows` rows between two offsets in what was loaded; `from` is the first byte of a row.
   * Returns how many it read: none where the first row is not whole, or is for the row reader to judge. Each
   * row has one line, except the last, which has `lineEnds` more. With `countWrong` it does not stop at rows
   * that are wrong beyond doubt, but counts their faults in `wrong`.
   */
  readRows(from: number, to: number, maxRows: number, needed: number, countWrong: boolean): number;
  /** Where the next row begins. */
  stoppedAt(): number;
  wrong(): number;
  lineEnds(): number;
  /** Two words for each row that was read, the hash of its code: low half, high half; 0, 0 where there is none. */
  readonly hashes: Uint32Array;
  /** Sets the first two of `hashes` to the hash of a text, in any case of letters; only the first 32 KiB count. */
  hashText(text: string): void;
}

interface KernelExports {
  readonly rows: (from: number, to: number, maxRows: number, needed: number, countWrong: number) => number;
  readonly hash: (from: number, to: number, out: number) => number;
}

/** `hash(from, to, out)`: leaves the hash of a text that JavaScript has lowered. */
function hashFunction(): WasmFunction {
  const locals = createLocals();
  const from = locals.add('i32');
  const to = locals.add('i32');
  const out = locals.add('i32');
  const hashed = addHashLocals(locals, from, to);
  const body = [hashText(hashed), i64.store(out.get, 0, hashed.hash.get), i32.const(0)];
  return { name: 'hash', parameters: 3, locals: locals.all, body };
}

/** Compiled once a thread, in about 2 ms. */
let compiled: WebAssembly.Module | undefined;

/** A kernel that works in this memory; the default has room for 64 KiB to scan. */
export function createRowKernel(memory = createKernelMemory()): RowKernel {
  // `rows` comes first: function 0 is the only one that the start flag --wasm-tier-up-filter=0 lets V8 optimise.
  compiled ??= new WebAssembly.Module(encodeModule([rowsFunction(), hashFunction()]));
  const { rows, hash } = new WebAssembly.Instance(compiled, { own: { memory } })
    .exports as unknown as KernelExports;
  const bytes = Buffer.from(memory.buffer);
  const inputBytes = kernelInputBytes(memory);
  let input: number = kernelMemory.input;
  const rules = bytes.subarray(kernelMemory.rules, kernelMemory.rules + kernelMemory.maxColumns);
  // So that nobody can prepare codes that collide.
  randomFillSync(bytes, kernelMemory.seed, 8);

  const hashes = new Uint32Array(memory.buffer, kernelMemory.hashes, 2 * kernelMemory.maxRows);

  /** Writes the hash into the two words of a row, numbered from 0. */
  function hashInto(row: number, text: string): void {
    const length = bytes.write(text.toLowerCase(), kernelMemory.text, kernelMemory.textBytes);
    hash(kernelMemory.text, kernelMemory.text + length, kernelMemory.hashes + 8 * row);
  }

  function hashUnhashed(): void {
    for (let number = bytes.readUInt32LE(kernelMemory.unhashed); number > 0; ) {
      const row = number - 1;
      const at = hashes[2 * row] as number;
      const rest = hashes[2 * row + 1] as number;
      hashInto(row, bytes.toString('utf8', at, at + (rest & (2 ** unhashedShift - 1))));
      number = rest >>> unhashedShift;
    }
  }

  return {
    configure(required, codes) {
      rules.fill(kernelRules.none);
      for (const { column, rule } of required) rules[column] = kernelRules[rule];
      if (codes !== undefined) rules[codes] = (rules[codes] ?? 0) | codeColumn;
    },
    load(chunk, from, to) {
      if (chunk.buffer === memory.buffer) {
        input = chunk.byteOffset + from;
        return to - from;
      }
      input = kernelMemory.input;
      return chunk.copy(bytes, input, from, Math.min(to, from + inputBytes));
    },
    readRows(from, to, maxRows, needed, countWrong) {
      const most = Math.min(maxRows, kernelMemory.maxRows);
      const count = rows(input + from, input + to, most, needed, countWrong ? 1 : 0);
      hashUnhashed();
      return count;
    },
    stoppedAt() {
      return bytes.readUInt32LE(kernelMemory.stoppedAt) - input;
    },
    wrong() {
      return bytes.readUInt32LE(kernelMemory.wrong);
    },
    lineEnds() {
      return bytes.readUInt32LE(kernelMemory.lineEnds);
    },
    hashes,
    hashText: (text) => hashInto(0, text),
  };
}
