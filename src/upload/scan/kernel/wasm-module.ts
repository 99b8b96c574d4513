import { unsigned } from './leb128.ts';
import type { Code, Label, Local, ValueType } from './wasm-code.ts';

/** A function that returns one i32 and is exported by its name. */
export interface WasmFunction {
  readonly name: string;
  /** How many of the locals are parameters. */
  readonly parameters: number;
  readonly locals: readonly Local[];
  /** Leaves one i32. */
  readonly body: Code;
}

const valueTypes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, v128: 0x7b };
const noResult = 0x40;
const end = 0x0b;
/** Limits of a shared memory, which must have a maximum. */
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

/**
 * Encodes code to bytes. `around` holds the labels of the enclosing blocks: a branch names its target by the
 * number of blocks that it leaves.
 */
function flatten(code: Code, around: readonly Label[] = []): number[] {
  if (typeof code === 'number') return [code];
  if ('target' in code) return [code.opcode, around.length - 1 - around.lastIndexOf(code.target)];
  if ('label' in code) return [code.opcode, noResult, ...flatten(code.body, [...around, code.label]), end];
  return code.flatMap((part) => flatten(part, around));
}
