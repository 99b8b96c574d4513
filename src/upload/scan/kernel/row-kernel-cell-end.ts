import { isBlank, isOneOf, mask } from './row-kernel-cell.ts';
import { kernelMemory, kernelRules } from './row-kernel-memory.ts';
import {
  block,
  type Code,
  goTo,
  goToIf,
  i32,
  i64,
  type Label,
  type Local,
  type Locals,
  loop,
  v128,
  when,
} from './wasm-code.ts';

const QUOTE = i32.const(0x22);
const COMMA = i32.const(0x2c);
const CR = i32.const(0x0d);
const LF = i32.const(0x0a);

/** Finds where cells end, 64 bytes at a time. */
export interface CellEnd {
  /** Where the cell begins; set by the caller. */
  readonly cellAt: Local;
  /** The byte after the cell, and where it stands. */
  readonly byte: Local;
  readonly byteAt: Local;
  /**
   * The cell's text, without the quotes around it, and which of its bytes are no blanks; up to 63 bytes where
   * a rule applies.
   */
  readonly at: Local;
  readonly length: Local;
  readonly visible: Local;
  /** Free for any use except while `find` runs. */
  readonly bits: Local;
  /** `find` adds the number of line ends within the cell; reset by the caller. */
  readonly lineEnds: Local;
  /** To run before the first cell. */
  readonly loadWindow: Code;
  /** To run before each further cell. */
  readonly moveWindow: Code;
  /** Sets all of the above for the cell at `cellAt`. Goes to `odd` where only the row reader can tell. */
  find(odd: Label): Code;
}

/** `column` is the cell's, and `to` the end of what there is to read. */
export function addCellEnd(locals: Locals, column: Local, to: Local): CellEnd {
  const cellAt = locals.add('i32');
  const byte = locals.add('i32');
  const byteAt = locals.add('i32');
  const at = locals.add('i32');
  const length = locals.add('i32');
  const visible = locals.add('i64');
  const bits = locals.add('i64');
  const lineEnds = locals.add('i32');
  /** Whether there is a blank in the cell. */
  const blank = locals.add('i32');

  /**
   * Marks those of the 64 bytes from `window` on that are at most a comma: everything that can end a cell,
   * and little else in most files.
   */
  const window = locals.add('i32');
  const marks = locals.add('i64');
  const loadWindow: Code = [
    window.set(cellAt.get),
    marks.set(mask(cellAt.get, (bytes) => v128.atMost(bytes, v128.splat(0x2c)))),
  ];

  const add = (local: Code, count: number): Code => i32.add(local, i32.const(count));
  const is = (value: Code, other: Code): Code => i32.eq(value, other);
  const ruleOfColumn = i32.load8(column.get, kernelMemory.rules);

  const find = (odd: Label): Code => [
    blank.set(i32.const(0)),
    bits.set(i64.shr(marks.get, i64.extend(i32.sub(cellAt.get, window.get)))),
    block((found) => [
      loop((next) => [
        when(i64.eqz(bits.get), [
          when(is(window.get, cellAt.get), [at.set(cellAt.get), skipLong(odd, skipText), goTo(found)]),
          loadWindow,
          bits.set(marks.get),
          goTo(next),
        ]),
        length.set(i32.wrap(i64.ctz(bits.get))),
        byteAt.set(i32.add(cellAt.get, length.get)),
        byte.set(i32.load8(byteAt.get)),
        at.set(cellAt.get),
        goToIf(found, is(byte.get, COMMA)),
        goToIf(found, is(byte.get, LF)),
        goToIf(found, is(byte.get, CR)),
        when(is(byte.get, QUOTE), when(is(byteAt.get, cellAt.get), [findQuotedEnd(odd, found), goTo(found)])),
        when(i32.below(byte.get, i32.const(0x21)), blank.set(i32.const(1))),
        bits.set(i64.and(bits.get, i64.sub(bits.get, i64.const(1n)))),
        goTo(next),
      ]),
    ]),
    goToIf(odd, i32.atLeast(byteAt.get, to.get)),
    visible.set(i64.lowestBits(length.get)),
    when(blank.get, visible.set(i64.andNot(visible.get, mask(at.get, isBlank)))),
  ];

  const endsCell = i32.or(i32.or(is(byte.get, COMMA), is(byte.get, LF)), is(byte.get, CR));

  const findQuotedEnd = (odd: Label, found: Label): Code => [
    at.set(add(cellAt.get, 1)),
    bits.set(mask(at.get, isOneOf('"'))),
    when(i64.eqz(bits.get), [skipLong(odd, skipQuoted), goTo(found)]),
    length.set(i32.wrap(i64.ctz(bits.get))),
    byteAt.set(add(i32.add(at.get, length.get), 1)),
    byte.set(i32.load8(byteAt.get)),
    when(is(byte.get, QUOTE), [skipLong(odd, skipQuoted), goTo(found)]),
    goToIf(odd, i32.eqz(endsCell)),
    bits.set(i64.and(mask(at.get, isBlank), i64.lowestBits(length.get))),
    when(i64.ne(bits.get, i64.const(0n)), [
      blank.set(i32.const(1)),
      bits.set(i64.and(mask(at.get, isOneOf('\n', '\r')), bits.get)),
      when(i64.ne(bits.get, i64.const(0n)), [
        goToIf(odd, ruleOfColumn),
        skipLong(odd, skipQuoted),
        goTo(found),
      ]),
    ]),
  ];

  /** A cell longer than the window, or with quotes or line ends in it, where the only rule is to have a text. */
  const skipLong = (odd: Label, skip: (odd: Label) => Code): Code => [
    goToIf(odd, i32.below(i32.const(kernelRules.text), ruleOfColumn)),
    goToIf(odd, i64.eq(mask(at.get, isBlank), i64.const(-1n))),
    byteAt.set(at.get),
    skip(odd),
    byte.set(i32.load8(byteAt.get)),
    length.set(i32.const(1)),
    blank.set(i32.const(0)),
  ];

  const skipText = (odd: Label): Code =>
    loop((next) => [
      byteAt.set(add(byteAt.get, 64)),
      goToIf(odd, i32.atLeast(byteAt.get, to.get)),
      bits.set(mask(byteAt.get, isOneOf(',', '\n', '\r'))),
      goToIf(next, i64.eqz(bits.get)),
      byteAt.set(i32.add(byteAt.get, i32.wrap(i64.ctz(bits.get)))),
    ]);

  const skipQuoted = (odd: Label): Code =>
    loop((next) => [
      goToIf(odd, i32.atLeast(byteAt.get, to.get)),
      bits.set(mask(byteAt.get, isOneOf('"', '\n', '\r'))),
      when(i64.eqz(bits.get), [byteAt.set(add(byteAt.get, 64)), goTo(next)]),
      byteAt.set(i32.add(byteAt.get, i32.wrap(i64.ctz(bits.get)))),
      byte.set(i32.load8(byteAt.get)),
      byteAt.set(add(byteAt.get, 1)),
      when(i32.ne(byte.get, QUOTE), [
        // The LF of a CRLF does not end another line.
        when(
          i32.or(is(byte.get, CR), i32.ne(i32.load8(i32.sub(byteAt.get, i32.const(2))), CR)),
          lineEnds.set(add(lineEnds.get, 1)),
        ),
        goTo(next),
      ]),
      byte.set(i32.load8(byteAt.get)),
      when(is(byte.get, QUOTE), [byteAt.set(add(byteAt.get, 1)), goTo(next)]),
      goToIf(odd, i32.eqz(endsCell)),
    ]);

  const moveWindow = when(i32.atLeast(i32.sub(cellAt.get, window.get), i32.const(64)), loadWindow);

  return { cellAt, byte, byteAt, at, length, visible, bits, lineEnds, loadWindow, moveWindow, find };
}
