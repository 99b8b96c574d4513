/**
 * WebAssembly written as nested expressions: each function here returns the code of one instruction with its operands,
 * so a program reads from the outside in, as any other. Only what the row kernel needs.
 */
export type Code = number | readonly Code[] | Labelled | Branch;

interface Labelled {
  readonly opcode: number;
  readonly label: Label;
  readonly body: Code;
}

interface Branch {
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

const valueTypes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, v128: 0x7b };
const noResult = 0x40;
const end = 0x0b;

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

/** A function that returns one i32 and is exported by its name. */
export interface WasmFunction {
  readonly name: string;
  /** How many of the locals are parameters. */
  readonly parameters: number;
  readonly locals: readonly Local[];
  /** Leaves one i32. */
  readonly body: Code;
}

/** A memory of any size that has a largest one. */
const sharedMemory = 0x03;
const maxPages = 65_536;

/** The bytes of a module that exports its functions, and works on a shared memory that it imports as `own.memory`. */
export function encodeModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, locals }) => [
    0x60,
    vector(locals.slice(0, parameters).map(({ type }) => valueTypes[type])),
    vector([valueTypes.i32]),
  ]);
  const exports = functions.map(({ name }, at) => [text(name), 0x00, unsigned(at)]);
  const bodies = functions.map(({ parameters, locals, body }) => {
    const declared = locals.slice(parameters).map(({ type }) => [1, valueTypes[type]]);
    return sized([vector(declared), body, end]);
  });
  return Uint8Array.from(
    flatten([
      ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, vector(types)),
      section(
        2,
        vector([[text('own'), text('memory'), 0x02, sharedMemory, unsigned(1), unsigned(maxPages)]]),
      ),
      section(3, vector(functions.map((_, at) => unsigned(at)))),
      section(7, vector(exports)),
      section(10, vector(bodies)),
    ]),
  );
}

function section(id: number, content: Code): Code {
  return [id, sized(content)];
}

function sized(content: Code): Code {
  const bytes = flatten(content);
  return [unsigned(bytes.length), bytes];
}

function vector(items: readonly Code[]): Code {
  return [unsigned(items.length), items];
}

function text(value: string): Code {
  return vector([...Buffer.from(value)]);
}

/** `around` holds the labels of the enclosing blocks: a branch names its target by how many of them it leaves. */
function flatten(code: Code, around: readonly Label[] = []): number[] {
  if (typeof code === 'number') return [code];
  if ('target' in code) return [code.opcode, around.length - 1 - around.lastIndexOf(code.target)];
  if ('label' in code) return [code.opcode, noResult, ...flatten(code.body, [...around, code.label]), end];
  return code.flatMap((part) => flatten(part, around));
}

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: bigint): number[] {
  const low = Number(value & 0x7fn);
  const rest = value >> 7n;
  const done = (rest === 0n && low < 0x40) || (rest === -1n && low >= 0x40);
  return done ? [low] : [low | 0x80, ...signed(rest)];
}
