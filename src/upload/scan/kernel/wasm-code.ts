import { signed, unsigned } from './leb128.ts';

/**
 * WebAssembly written as nested expressions: each function here returns the code of one instruction with its operands,
 * so a program reads from the outside in, as any other. Only what the row kernel needs.
 */
export type Code = number | readonly Code[] | Labelled | Branch;

/** A block or a loop, with its end. */
export interface Labelled {
  readonly opcode: number;
  readonly label: Label;
  readonly body: Code;
}

/** A jump to a label. */
export interface Branch {
  readonly opcode: number;
  readonly target: Label;
}

/** Where `goTo` leads: past the end of a block, or to the start of a loop. */
export type Label = symbol;

/** What a local holds: 32 bits, 64 bits, or 16 bytes. */
export type ValueType = 'i32' | 'i64' | 'v128';

/** A parameter or a local of a function. */
export interface Local {
  readonly type: ValueType;
  readonly get: Code;
  set(value: Code): Code;
}

function plain(opcode: number): (...operands: Code[]) => Code {
  return (...operands) => [...operands, opcode];
}

function simd(opcode: number): (...operands: Code[]) => Code {
  return (...operands) => [...operands, 0xfd, unsigned(opcode)];
}

/** A load or store that assumes no alignment, at `address` plus a constant. */
function memory(opcode: number): (address: Code, offset?: number, value?: Code) => Code {
  return (address, offset = 0, value = []) => [address, value, opcode, 0, unsigned(offset)];
}

/** Instructions on 32-bit integers, which are also addresses and truth values. */
export const i32 = {
  const: (value: number): Code => [0x41, signed(BigInt(value))],
  load8: memory(0x2d),
  store: memory(0x36),
  eqz: plain(0x45),
  eq: plain(0x46),
  ne: plain(0x47),
  /** Unsigned, as `atLeast`. */
  below: plain(0x49),
  atLeast: plain(0x4f),
  add: plain(0x6a),
  sub: plain(0x6b),
  and: plain(0x71),
  or: plain(0x72),
  shl: plain(0x74),
  wrap: plain(0xa7),
} as const;

/** Instructions on 64-bit integers. */
export const i64 = {
  const: (value: bigint): Code => [0x42, signed(BigInt.asIntN(64, value))],
  load: memory(0x29),
  store: memory(0x37),
  eqz: plain(0x50),
  eq: plain(0x51),
  ne: plain(0x52),
  clz: plain(0x79),
  ctz: plain(0x7a),
  popcnt: plain(0x7b),
  add: plain(0x7c),
  sub: plain(0x7d),
  mul: plain(0x7e),
  and: plain(0x83),
  or: plain(0x84),
  xor: plain(0x85),
  shl: plain(0x86),
  shr: plain(0x88),
  rotl: plain(0x89),
  extend: plain(0xad),
  andNot: (value: Code, bits: Code): Code => i64.and(value, i64.xor(bits, i64.const(-1n))),
  /** A mask of this many bits, an i32 below 64. */
  lowestBits: (count: Code): Code => i64.sub(i64.shl(i64.const(1n), i64.extend(count)), i64.const(1n)),
} as const;

/** Instructions on 16 bytes at a time; a comparison sets all bits of a byte or none. */
export const v128 = {
  load: (address: Code, offset = 0): Code => [address, 0xfd, unsigned(0), 0, unsigned(offset)],
  splat: (byte: number): Code => [i32.const(byte), 0xfd, unsigned(0x0f)],
  eq: simd(0x23),
  atMost: simd(0x2a),
  or: simd(0x50),
  sub: simd(0x71),
  /** One bit a byte, of the bytes' top bits. */
  bitmask: simd(0x64),
} as const;

/** Runs the body; `goTo` of its label leaves it. */
export function block(body: (label: Label) => Code): Labelled {
  return labelled(0x02, body);
}

/** Runs the body once; `goTo` of its label runs it again. */
export function loop(body: (label: Label) => Code): Labelled {
  return labelled(0x03, body);
}

/** Runs the body when the condition is not 0, else the other. */
export function when(condition: Code, body: Code, otherwise: Code = []): Code {
  const other = Array.isArray(otherwise) && otherwise.length === 0 ? [] : [0x05, otherwise];
  return [condition, labelled(0x04, () => [body, other])];
}

/** Leaves the block of that label, or starts its loop again. */
export function goTo(target: Label): Branch {
  return { opcode: 0x0c, target };
}

/** `goTo` when the condition is not 0. */
export function goToIf(target: Label, condition: Code): Code {
  return [condition, { opcode: 0x0d, target }];
}

function labelled(opcode: number, body: (label: Label) => Code): Labelled {
  const label = Symbol();
  return { opcode, label, body: body(label) };
}

/** A function's parameters and locals; parameters come first. */
export interface Locals {
  readonly all: readonly Local[];
  add(type: ValueType): Local;
}

/** Begins without locals; each that is added gets the next index. */
export function createLocals(): Locals {
  const all: Local[] = [];
  return {
    all,
    add(type) {
      const index = unsigned(all.length);
      const local: Local = { type, get: [0x20, index], set: (value) => [value, 0x21, index] };
      all.push(local);
      return local;
    },
  };
}
