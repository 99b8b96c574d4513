import { isBlank, isOneOf, judgeCell, judgeWrongCell, mask } from './row-kernel-cell.ts';
import { addHashLocals, hashText } from './row-kernel-hash.ts';
import { codeColumn, kernelMemory, kernelRules, unhashedShift } from './row-kernel-memory.ts';
import {
  block,
  type Code,
  createLocals,
  goTo,
  goToIf,
  i32,
  i64,
  type Label,
  loop,
  v128,
  type WasmFunction,
  when,
} from './wasm-code.ts';

const QUOTE = i32.const(0x22);
const COMMA = i32.const(0x2c);
const CR = i32.const(0x0d);
const LF = i32.const(0x0a);

/**
 * `rows(from, to, maxRows, needed, countWrong)`: reads rows from `from`, the first byte of one, and returns how many.
 * It reads whole rows only, with at least `needed` cells, that are right beyond doubt, and stops before any other: an
 * empty line, a row with a wrong cell, with line ends, doubled quotes or 64 bytes in a cell that has a rule or is a code.
 * It also stops after a row of several lines.
 * With `countWrong` it also reads those that are wrong beyond doubt, and leaves the number of their faults in `wrong`.
 */
export function rowsFunction(): WasmFunction {
  const locals = createLocals();
  const from = locals.add('i32');
  const to = locals.add('i32');
  const maxRows = locals.add('i32');
  const needed = locals.add('i32');
  const countWrong = locals.add('i32');

  /** Rows and faults so far, and faults of this row. */
  const rows = locals.add('i32');
  const wrong = locals.add('i32');
  const wrongInRow = locals.add('i32');
  const out = locals.add('i32');
  const column = locals.add('i32');
  const cellAt = locals.add('i32');
  /** The byte after the cell, and where it stands. */
  const byte = locals.add('i32');
  const byteAt = locals.add('i32');

  /** Of the 64 bytes from `window` on those up to the comma: all that can end a cell, and little else in most files. */
  const window = locals.add('i32');
  const marks = locals.add('i64');
  const loadWindow: Code = [
    window.set(cellAt.get),
    marks.set(mask(cellAt.get, (bytes) => v128.atMost(bytes, v128.splat(0x2c)))),
  ];

  /** The cell's text. */
  const at = locals.add('i32');
  const start = locals.add('i32');
  const end = locals.add('i32');
  const length = locals.add('i32');
  const visible = locals.add('i64');
  const bits = locals.add('i64');
  /** Whether there is one in the cell. */
  const blank = locals.add('i32');
  const rule = locals.add('i32');
  const cell = { at, end, length, visible, rule, digits: bits };

  const codeFrom = locals.add('i32');
  const codeAt = locals.add('i32');
  const codeEnd = locals.add('i32');
  const hashed = addHashLocals(locals, codeAt, codeEnd);
  /** The last row whose code is not hashed here. */
  const unhashed = locals.add('i32');
  /** Within the cells of this row, and of the last one that was taken. */
  const lineEnds = locals.add('i32');
  const lineEndsTaken = locals.add('i32');

  const add = (local: Code, count: number): Code => i32.add(local, i32.const(count));
  const is = (value: Code, other: Code): Code => i32.eq(value, other);

  /** Sets `at`, `length` and `visible` for the cell's text, `byte` and `byteAt` for what follows the cell. */
  const findEnd = (odd: Label): Code => [
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
        goToIf(odd, i32.load8(column.get, kernelMemory.rules)),
        // A CRLF is one.
        lineEnds.set(i32.add(lineEnds.get, i32.wrap(i64.popcnt(bits.get)))),
        bits.set(
          i64.and(
            mask(at.get, isOneOf('\n')),
            i64.shl(i64.andNot(bits.get, mask(at.get, isOneOf('\n'))), i64.const(1n)),
          ),
        ),
        lineEnds.set(i32.sub(lineEnds.get, i32.wrap(i64.popcnt(bits.get)))),
      ]),
    ]),
  ];

  /** A cell longer than the window, or with quotes in it, where nothing is asked of it but to have a text. */
  const skipLong = (odd: Label, skip: (odd: Label) => Code): Code => [
    goToIf(odd, i32.below(i32.const(kernelRules.text), i32.load8(column.get, kernelMemory.rules))),
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
        // The LF of a CRLF ends no other line.
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

  const takeWrong = (odd: Label): Code => [
    goToIf(odd, i32.eqz(countWrong.get)),
    wrongInRow.set(add(wrongInRow.get, 1)),
  ];

  const takeCell = (odd: Label): Code => [
    goToIf(odd, i32.atLeast(column.get, i32.const(kernelMemory.maxColumns))),
    rule.set(i32.load8(column.get, kernelMemory.rules)),
    when(
      i64.eqz(visible.get),
      // A code may be wanting where no rule asks for one.
      when(i32.and(rule.get, i32.const(codeColumn - 1)), takeWrong(odd)),
      when(rule.get, [
        end.set(i32.sub(add(at.get, 64), i32.wrap(i64.clz(visible.get)))),
        at.set(i32.add(at.get, i32.wrap(i64.ctz(visible.get)))),
        start.set(at.get),
        length.set(i32.sub(end.get, at.get)),
        when(i32.atLeast(rule.get, i32.const(codeColumn)), [
          codeFrom.set(at.get),
          codeAt.set(at.get),
          codeEnd.set(end.get),
          rule.set(i32.and(rule.get, i32.const(codeColumn - 1))),
        ]),
        when(
          rule.get,
          block((right) => [
            block((doubt) => [judgeCell(cell, doubt), goTo(right)]),
            takeWrong(odd),
            at.set(start.get),
            length.set(i32.sub(end.get, at.get)),
            judgeWrongCell(cell, odd),
          ]),
        ),
      ]),
    ),
    column.set(add(column.get, 1)),
  ];

  const codeLength = i32.sub(codeEnd.get, codeFrom.get);
  const leaveUnhashed: Code = [
    hashed.hash.set(
      i64.or(
        i64.extend(codeFrom.get),
        i64.shl(
          i64.extend(i32.or(codeLength, i32.shl(unhashed.get, i32.const(unhashedShift)))),
          i64.const(32n),
        ),
      ),
    ),
    unhashed.set(rows.get),
  ];

  const takeRow = (odd: Label): Code => [
    goToIf(odd, is(byteAt.get, from.get)), // An empty line.
    when(i32.below(column.get, needed.get), [
      // One fault, whatever its other cells are, and its code is not searched.
      takeWrong(odd),
      wrongInRow.set(i32.const(1)),
      codeEnd.set(i32.const(0)),
    ]),
    cellAt.set(add(byteAt.get, 1)),
    when(is(byte.get, CR), [
      // Whether it is a CRLF shows in the next byte only.
      goToIf(odd, is(cellAt.get, to.get)),
      cellAt.set(i32.add(cellAt.get, is(i32.load8(cellAt.get), LF))),
    ]),
    rows.set(add(rows.get, 1)),
    hashed.hash.set(i64.const(0n)),
    when(
      codeEnd.get,
      block((done) => [block((beyond) => [hashText(hashed, beyond), goTo(done)]), leaveUnhashed]),
    ),
    i64.store(out.get, 0, hashed.hash.get),
    out.set(add(out.get, 8)),
    wrong.set(i32.add(wrong.get, wrongInRow.get)),
    from.set(cellAt.get),
    lineEndsTaken.set(lineEnds.get),
  ];

  const body: Code = [
    out.set(i32.const(kernelMemory.hashes)),
    block((stop) =>
      loop((nextRow) => [
        goToIf(stop, is(rows.get, maxRows.get)),
        goToIf(stop, i32.atLeast(from.get, to.get)),
        cellAt.set(from.get),
        column.set(i32.const(0)),
        codeEnd.set(i32.const(0)),
        wrongInRow.set(i32.const(0)),
        lineEnds.set(i32.const(0)),
        loadWindow,
        loop((nextCell) => [
          findEnd(stop),
          takeCell(stop),
          when(is(byte.get, COMMA), [
            cellAt.set(add(byteAt.get, 1)),
            when(i32.atLeast(i32.sub(cellAt.get, window.get), i32.const(64)), loadWindow),
            goTo(nextCell),
          ]),
        ]),
        takeRow(stop),
        // The rows before a row of several lines have one each.
        goToIf(nextRow, i32.eqz(lineEndsTaken.get)),
      ]),
    ),
    i32.store(i32.const(kernelMemory.stoppedAt), 0, from.get),
    i32.store(i32.const(kernelMemory.wrong), 0, wrong.get),
    i32.store(i32.const(kernelMemory.unhashed), 0, unhashed.get),
    i32.store(i32.const(kernelMemory.lineEnds), 0, lineEndsTaken.get),
    rows.get,
  ];
  return { name: 'rows', parameters: 5, locals: locals.all, body };
}
