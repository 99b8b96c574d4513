import { judgeCell, judgeWrongCell } from './row-kernel-cell.ts';
import { addCellEnd } from './row-kernel-cell-end.ts';
import { addHashLocals, hashText } from './row-kernel-hash.ts';
import { codeColumn, kernelMemory, unhashedShift } from './row-kernel-memory.ts';
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
  when,
} from './wasm-code.ts';
import type { WasmFunction } from './wasm-module.ts';

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

  /** Rows and faults so far, and the faults of this row. */
  const rows = locals.add('i32');
  const wrong = locals.add('i32');
  const wrongInRow = locals.add('i32');
  const out = locals.add('i32');
  const column = locals.add('i32');
  const cellEnd = addCellEnd(locals, column, to);
  const { cellAt, byte, byteAt, at, length, visible, bits } = cellEnd;
  const start = locals.add('i32');
  const end = locals.add('i32');
  const rule = locals.add('i32');
  const cell = { at, end, length, visible, rule, digits: bits };

  const codeFrom = locals.add('i32');
  const codeAt = locals.add('i32');
  const codeEnd = locals.add('i32');
  const hashed = addHashLocals(locals, codeAt, codeEnd);
  /** The last row whose code is not hashed here. */
  const unhashed = locals.add('i32');
  /** Line ends within the cells of the last row that was taken. */
  const lineEndsTaken = locals.add('i32');

  const add = (local: Code, count: number): Code => i32.add(local, i32.const(count));
  const is = (value: Code, other: Code): Code => i32.eq(value, other);

  const takeWrong = (odd: Label): Code => [
    goToIf(odd, i32.eqz(countWrong.get)),
    wrongInRow.set(add(wrongInRow.get, 1)),
  ];

  const takeCell = (odd: Label): Code => [
    goToIf(odd, i32.atLeast(column.get, i32.const(kernelMemory.maxColumns))),
    rule.set(i32.load8(column.get, kernelMemory.rules)),
    when(
      i64.eqz(visible.get),
      // A code may be missing where no rule asks for one.
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
      // Counts as one fault, whatever its other cells are, and its code is not searched.
      takeWrong(odd),
      wrongInRow.set(i32.const(1)),
      codeEnd.set(i32.const(0)),
    ]),
    cellAt.set(add(byteAt.get, 1)),
    when(is(byte.get, CR), [
      // Only the next byte shows whether it is a CRLF.
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
    lineEndsTaken.set(cellEnd.lineEnds.get),
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
        cellEnd.lineEnds.set(i32.const(0)),
        cellEnd.loadWindow,
        loop((nextCell) => [
          cellEnd.find(stop),
          takeCell(stop),
          when(is(byte.get, COMMA), [cellAt.set(add(byteAt.get, 1)), cellEnd.moveWindow, goTo(nextCell)]),
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
