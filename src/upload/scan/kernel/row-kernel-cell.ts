import { kernelRules } from './row-kernel-memory.ts';
import { block, type Code, goTo, goToIf, i32, i64, type Label, type Local, v128, when } from './wasm-code.ts';

type ByteTest = (bytes: Code) => Code;

/** 64 bits for the 64 bytes at an address: set where the test, which takes 16 of them, sets a byte. */
export function mask(address: Code, test: ByteTest): Code {
  const quarter = (at: number): Code => i64.extend(v128.bitmask(test(v128.load(address, 16 * at))));
  const shifted = (at: number): Code => i64.shl(quarter(at), i64.const(BigInt(16 * at)));
  return i64.or(i64.or(quarter(0), shifted(1)), i64.or(shifted(2), shifted(3)));
}

/** A test for any of these ASCII characters. */
export function isOneOf(...characters: readonly string[]): ByteTest {
  return (bytes) =>
    characters.map((c) => v128.eq(bytes, v128.splat(c.charCodeAt(0)))).reduce((a, b) => v128.or(a, b));
}

/** What `trimCell` trims. */
export const isBlank: ByteTest = (bytes) => v128.atMost(bytes, v128.splat(0x20));

const isDigit: ByteTest = (bytes) => v128.atMost(v128.sub(bytes, v128.splat(0x30)), v128.splat(9));

const isLetter: ByteTest = (bytes) =>
  v128.atMost(v128.sub(v128.or(bytes, v128.splat(0x20)), v128.splat(0x61)), v128.splat(25));

/** The cell that is judged. */
export interface CellLocals {
  /** The cell without the blanks around it. `length` is at most 63, and `at` and `length` are used up. */
  readonly at: Local;
  readonly end: Local;
  readonly length: Local;
  /** One bit for each byte that is no blank. */
  readonly visible: Local;
  readonly rule: Local;
  readonly digits: Local;
}

/**
 * Goes to `odd` unless the cell meets its rule beyond doubt. The rules are those of `cell-rules.ts`, which
 * has the last word: here they may be narrower, never wider.
 */
export function judgeCell(cell: CellLocals, odd: Label): Code {
  const { at, end, length, visible, rule, digits } = cell;
  const all = i64.lowestBits(length.get);
  const oddUnless = (condition: Code): Code => goToIf(odd, i32.eqz(condition));
  const between = (low: number, value: Code, high: number): Code =>
    i32.below(i32.sub(value, i32.const(low)), i32.const(high - low + 1));
  const setDigits = digits.set(i64.and(mask(at.get, isDigit), all));

  return block((right) => [
    goToIf(right, i32.eq(rule.get, i32.const(kernelRules.text))),
    when(i32.eq(rule.get, i32.const(kernelRules.email)), [
      oddUnless(i64.eq(i64.popcnt(visible.get), i64.extend(length.get))), // A blank within.
      goToIf(odd, i32.eq(i32.load8(i32.sub(end.get, i32.const(1))), i32.const(0x40))),
      // All "@" but one in the first place.
      goToIf(odd, i64.eqz(i64.shr(i64.and(mask(at.get, isOneOf('@')), all), i64.const(1n)))),
      goTo(right),
    ]),
    when(i32.eq(rule.get, i32.const(kernelRules.mobile)), [
      when(i32.eq(i32.load8(at.get), i32.const(0x2b)), [
        at.set(i32.add(at.get, i32.const(1))),
        length.set(i32.sub(length.get, i32.const(1))),
      ]),
      setDigits,
      oddUnless(between(4, i32.wrap(i64.popcnt(digits.get)), 20)),
      goToIf(right, i64.eq(digits.get, all)),
      goToIf(odd, i64.ne(i64.or(digits.get, i64.and(mask(at.get, isOneOf(...' ()-./')), all)), all)),
      goTo(right),
    ]),
    setDigits,
    oddUnless(i64.eq(digits.get, all)),
    when(i32.eq(rule.get, i32.const(kernelRules.number)), [
      oddUnless(i32.below(length.get, i32.const(20))),
      goTo(right),
    ]),
    oddUnless(between(12, length.get, 14)),
  ]);
}

/**
 * Goes to `odd` unless the cell breaks its rule beyond doubt, in the way that is by far the most usual: it is
 * a text of another kind. To be called when `judgeCell` was in doubt, with `at` and `length` set anew.
 */
export function judgeWrongCell(cell: CellLocals, odd: Label): Code {
  const { at, length, rule } = cell;
  const all = i64.lowestBits(length.get);
  const some = (test: ByteTest): Code => i64.ne(i64.and(mask(at.get, test), all), i64.const(0n));

  return block((wrong) => [
    when(i32.eq(rule.get, i32.const(kernelRules.email)), [goToIf(odd, some(isOneOf('@'))), goTo(wrong)]),
    goToIf(wrong, some(isLetter)),
    // Digits only: of a mobile number or a date there can only be too few or too many.
    goToIf(odd, i32.eq(rule.get, i32.const(kernelRules.number))),
    goToIf(odd, i64.ne(i64.and(mask(at.get, isDigit), all), all)),
  ]);
}
